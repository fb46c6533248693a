// SPDX-License-Identifier: BSL-1.0
// Where something stands in a schema file, and the error that says so.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace mtfetch::codegen {

/// Line and column count from 1; the column counts bytes.
struct location {
  std::string file;
  std::size_t line = 1;
  std::size_t column = 1;
};

/// A schema that cannot be used. `what()` is `file:line:column: message`.
class schema_error : public std::runtime_error {
 public:
  schema_error(const location& at, const std::string& message)
      : std::runtime_error(at.file + ":" + std::to_string(at.line) + ":" +
                           std::to_string(at.column) + ": " + message) {}
};

}  // namespace mtfetch::codegen
