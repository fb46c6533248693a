// SPDX-License-Identifier: BSL-1.0
#include "codegen/closure.hpp"

#include <sstream>

namespace mtfetch::codegen {

method_list method_list::parse(const std::string& file, const std::string& text) {
  method_list out;
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    while (words >> name) out.entries.push_back({name, {file, number, line.find(name) + 1}});
  }
  return out;
}

selection closure(const schema& s, const method_list& methods) {
  selection chosen(s.combinators.size(), false);
  std::vector<std::size_t> waiting;
  const auto add = [&](std::size_t index) {
    if (!chosen[index]) waiting.push_back(index);
    chosen[index] = true;
  };
  const auto add_type = [&](const value_type& type) {
    if (type.kind == kind::bare) add(type.index);
    if (type.kind != kind::boxed) return;
    for (const std::size_t member : s.classes[type.index].members) add(member);
  };
  for (const auto& entry : methods.entries) {
    if (entry.name == "*") {
      for (std::size_t i = 0; i < chosen.size(); ++i) add(i);
      continue;
    }
    const auto at = s.combinator_by_name.find(entry.name);
    if (at == s.combinator_by_name.end()) {
      throw schema_error(entry.at, "the schema has no " + entry.name);
    }
    add(at->second);
  }
  while (!waiting.empty()) {
    const combinator& c = s.combinators[waiting.back()];
    waiting.pop_back();
    for (const auto& field : c.fields) add_type(field.type);
    add_type(c.result);
  }
  return chosen;
}

}  // namespace mtfetch::codegen
