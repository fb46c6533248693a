// SPDX-License-Identifier: BSL-1.0
#include "codegen/layout.hpp"

#include <algorithm>

namespace mtfetch::codegen {
namespace {

class planner {
 public:
  explicit planner(const schema& s) : s_(s), state_(s.combinators.size(), state::fresh) {}

  layout run() {
    spaces();
    homes();
    for (const bool functions : {false, true}) {
      for (std::size_t i = 0; i < s_.combinators.size(); ++i) {
        if (s_.combinators[i].is_function == functions) place(i);
      }
    }
    return std::move(out_);
  }

 private:
  enum class state { fresh, open, placed };

  void spaces() {
    std::set<std::string> names;
    for (const auto& c : s_.combinators) names.insert(space_of(c.name));
    names.erase("base");
    out_.spaces.emplace_back("base");
    out_.spaces.insert(out_.spaces.end(), names.begin(), names.end());
    for (const auto& c : s_.combinators) out_.home.push_back(space_of(c.name));
  }

  void homes() {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < s_.combinators.size(); ++i) {
        for (const auto& f : s_.combinators[i].fields) {
          const auto held = struct_of(s_, f.type);
          if (!held || out_.home[*held] == "base" || out_.home[*held] == out_.home[i]) continue;
          out_.home[*held] = "base";
          changed = true;
        }
      }
    }
  }

  void place(std::size_t index) {
    if (state_[index] != state::fresh) return;
    state_[index] = state::open;
    const auto& fields = s_.combinators[index].fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto held = struct_of(s_, fields[i].type);
      if (!held || !fields[i].type.vectors.empty()) continue;
      if (state_[*held] == state::open) {
        out_.boxed.emplace(index, i);
      } else {
        place(*held);
      }
    }
    state_[index] = state::placed;
    out_.order.push_back(index);
  }

  const schema& s_;
  layout out_;
  std::vector<state> state_;
};

// Sizes start from the basic types alone and grow with what is held by value; a constructor within
// itself ends the walk, so a bound is too low there, never too high.
std::size_t least_size(const schema& s, std::size_t index, std::set<std::size_t>& open);

std::size_t least_size(const schema& s, const field& f, std::set<std::size_t>& open) {
  if (f.when) return 0;
  if (!f.type.vectors.empty()) return f.type.vectors.front() == vector_form::boxed ? 8 : 4;
  switch (f.type.kind) {
    case kind::int64:
    case kind::float64:
      return 8;
    case kind::int128:
      return 16;
    case kind::int256:
      return 32;
    case kind::rest:
    case kind::present:
      return 0;
    case kind::bare:
      return least_size(s, f.type.index, open);
    case kind::boxed:
      break;
    default:
      return 4;
  }
  const auto held = struct_of(s, f.type);
  return held ? 4 + least_size(s, *held, open) : 4;
}

std::size_t least_size(const schema& s, std::size_t index, std::set<std::size_t>& open) {
  if (!open.insert(index).second) return 0;
  std::size_t size = 0;
  for (const auto& f : s.combinators[index].fields) size += least_size(s, f, open);
  open.erase(index);
  return size;
}

}  // namespace

wire_sizes::wire_sizes(const schema& s) {
  std::set<std::size_t> open;
  for (std::size_t i = 0; i < s.combinators.size(); ++i) sizes_.push_back(least_size(s, i, open));
}

layout lay_out(const schema& s) {
  return planner(s).run();
}

std::optional<std::size_t> struct_of(const schema& s, const value_type& type) {
  if (type.kind == kind::bare) return type.index;
  if (type.kind != kind::boxed || s.classes[type.index].members.size() != 1) return std::nullopt;
  return s.classes[type.index].members.front();
}

bool is_emitted_class(const schema& s, std::size_t index) {
  const std::string& name = s.classes[index].name;
  return name != "Bool" && name != "Object";
}

bool is_sum(const schema& s, std::size_t index) {
  return is_emitted_class(s, index) && s.classes[index].members.size() > 1;
}

}  // namespace mtfetch::codegen
