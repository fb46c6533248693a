// SPDX-License-Identifier: BSL-1.0
// Writes the headers of generated types.
#pragma once

#include <string>
#include <vector>

#include "codegen/spelling.hpp"

namespace mtfetch::codegen {

struct output_file {
  std::string path;  ///< below the output folder
  std::string text;
};

/// What to generate: part of a schema, in one C++ namespace, on top of another part or not.
struct job {
  const schema* s = nullptr;
  const layout* plan = nullptr;
  const spelling* names = nullptr;
  selection chosen;          ///< combinators to emit
  std::string include;       ///< `mtfetch/api`: the folder of the headers, and the umbrella's name
  std::string base_include;  ///< of the target this one extends; or empty
};

/// Is the class's C++ type emitted by this job? It goes with its constructors.
bool emits_class(const job& j, std::size_t index);

/// `<include>.hpp`, `<include>/classes.hpp` and `<include>/<namespace>.hpp` for every namespace.
std::vector<output_file> emit_types(const job& j);

}  // namespace mtfetch::codegen
