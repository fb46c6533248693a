// SPDX-License-Identifier: BSL-1.0
// What a list of methods can reach: the part of a schema that is worth compiling.
#pragma once

#include <string>
#include <vector>

#include "codegen/model.hpp"

namespace mtfetch::codegen {

/// One flag per combinator of a schema: is it in?
using selection = std::vector<bool>;

/// A list file: names, one a line, `#` begins a comment. `*` means every constructor and method.
struct method_list {
  struct entry {
    std::string name;
    location at;
  };
  std::vector<entry> entries;
  static method_list parse(const std::string& file, const std::string& text);
};

/// The listed methods, the classes of their fields and results with all constructors, and so on.
/// A listed constructor counts too. Throws schema_error for a name that the schema does not have.
selection closure(const schema& s, const method_list& methods);

}  // namespace mtfetch::codegen
