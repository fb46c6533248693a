// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include "codegen/emit_types.hpp"

namespace mtfetch::codegen {

pieces::pieces(const schema& s, const layout& plan, const selection& chosen, std::size_t count)
    : members_(count) {
  std::vector<std::size_t> sequence;
  for (const auto& space : plan.spaces) {
    for (const std::size_t i : plan.order) {
      if (chosen[i] && plan.home[i] == space) sequence.push_back(i);
    }
  }
  if (sequence.empty()) return;
  const auto weight = [&](std::size_t i) { return 4 + s.combinators[i].fields.size(); };
  std::size_t total = 0;
  for (const std::size_t i : sequence) total += weight(i);
  std::size_t done = 0;
  for (const std::size_t i : sequence) {
    const std::size_t piece = done * count / total;
    members_[piece].push_back(i);
    of_[i] = piece;
    done += weight(i);
  }
}

std::optional<std::size_t> pieces::of(std::size_t combinator) const {
  const auto at = of_.find(combinator);
  return at == of_.end() ? std::nullopt : std::optional(at->second);
}

pieces pieces_of(const job& j) {
  return {*j.s, *j.plan, j.chosen, j.parts * pieces_per_part(j.parts)};
}

struct_headers::struct_headers(const job& j) : j_(j), own_(pieces_of(j)) {
  if (!j.base_include.empty()) {
    base_.emplace(*j.s, *j.plan, j.base_chosen, j.base_parts * pieces_per_part(j.base_parts));
  }
}

std::string struct_headers::of(std::size_t combinator) const {
  if (const auto own = own_.of(combinator)) {
    return fmt::format("{}/piece_{}.hpp", j_.include, *own);
  }
  return fmt::format("{}/piece_{}.hpp", j_.base_include, base_->of(combinator).value());
}

std::set<std::string> struct_headers::of_all(std::vector<std::size_t> structs) const {
  std::set<std::string> paths;
  std::set<std::size_t> seen(structs.begin(), structs.end());
  while (!structs.empty()) {
    const std::size_t next = structs.back();
    structs.pop_back();
    paths.insert(of(next));
    for (const auto& f : j_.s->combinators[next].fields) {
      const auto held = struct_of(*j_.s, f.type);
      if (held && seen.insert(*held).second) structs.push_back(*held);
    }
  }
  return paths;
}

}  // namespace mtfetch::codegen
