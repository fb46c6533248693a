// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/testing.hpp>
#include <mutex>
#include <random>

namespace mtfetch::testing {

struct fault_plan::state {
  struct armed {
    fault_rule rule;
    std::uint64_t fitted = 0;   // calls that fitted so far
    std::uint64_t applied = 0;  // of them, how many were hit
  };

  mutable std::mutex mutex;
  std::vector<armed> rules;
  std::mt19937_64 draw;
  bool hashes_hidden = false;
  std::uint64_t applied = 0;

  /// The action of the first rule that fits, of those whose action `concerns` what is asked. No
  /// method: the rules' methods say nothing.
  template <class Concerns>
  std::optional<fault_action> draw_for(std::optional<std::string_view> method, int dc,
                                       Concerns concerns) {
    const std::lock_guard lock(mutex);
    for (armed& each : rules) {
      const fault_rule& rule = each.rule;
      if (!concerns(rule.action)) continue;
      const bool any = rule.method.empty() && method != "auth.bindTempAuthKey";
      if (method && !any && rule.method != *method) continue;
      if (rule.dc != 0 && rule.dc != dc) continue;
      if (rule.times != 0 && each.applied >= rule.times) continue;
      if (each.fitted++ < rule.skip) continue;
      // The generator's own bits, not a library distribution: the same seed must give the same run
      // with every standard library.
      if (rule.chance < 1.0 && static_cast<double>(draw() >> 11) * 0x1.0p-53 >= rule.chance) {
        continue;
      }
      ++each.applied;
      ++applied;
      return rule.action;
    }
    return std::nullopt;
  }
};

fault_plan::fault_plan(std::uint64_t seed) : state_(std::make_unique<state>()) {
  state_->draw.seed(seed);
}

fault_plan::~fault_plan() = default;

void fault_plan::add(fault_rule rule) {
  const std::lock_guard lock(state_->mutex);
  state_->rules.push_back({std::move(rule), 0, 0});
}

void fault_plan::clear() {
  const std::lock_guard lock(state_->mutex);
  state_->rules.clear();
  state_->hashes_hidden = false;
}

void fault_plan::hide_hashes(bool on) {
  const std::lock_guard lock(state_->mutex);
  state_->hashes_hidden = on;
}

bool fault_plan::hashes_hidden() const {
  const std::lock_guard lock(state_->mutex);
  return state_->hashes_hidden;
}

std::optional<fault_action> fault_plan::ask(std::string_view method, int dc) {
  return state_->draw_for(method, dc, [](const fault_action& action) {
    return !std::holds_alternative<handshake_lie>(action);
  });
}

std::optional<handshake_lie> fault_plan::ask_handshake(int dc) {
  const auto drawn = state_->draw_for({}, dc, [](const fault_action& action) {
    return std::holds_alternative<handshake_lie>(action);
  });
  if (!drawn) return std::nullopt;
  return std::get<handshake_lie>(*drawn);
}

std::uint64_t fault_plan::applied() const {
  const std::lock_guard lock(state_->mutex);
  return state_->applied;
}

}  // namespace mtfetch::testing
