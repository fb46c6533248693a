// SPDX-License-Identifier: BSL-1.0
// What a .tl file says, not yet checked: names are still names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codegen/diagnostic.hpp"

namespace mtfetch::codegen::syntax {

/// `Vector<%message>`, `!X`, `#`, `int`.
struct type {
  std::string name;
  bool percent = false;  ///< `%T`
  bool bang = false;     ///< `!X`
  std::vector<type> arguments;
  location at;
};

/// `flags.3?`
struct condition {
  std::string word;
  std::uint64_t bit = 0;
  location at;
};

struct field {
  std::string name;
  std::optional<condition> when;
  syntax::type type;
  location at;
};

struct declaration {
  std::string name;
  std::optional<std::uint32_t> id;
  std::vector<std::string> type_parameters;  ///< `{X:Type}`
  std::vector<field> fields;
  type result;
  bool is_function = false;
  bool is_fixed = false;       ///< marked `// FIXED`: the id does not follow the CRC rule
  bool is_unanswered = false;  ///< marked `// UNANSWERED`: no constructor of the result exists
  bool is_builtin = false;     ///< `vector ... # [ t ] = Vector t`, `int ? = Int`
  location at;
};

struct file {
  std::optional<std::int32_t> layer;
  std::vector<declaration> declarations;
};

}  // namespace mtfetch::codegen::syntax
