// SPDX-License-Identifier: BSL-1.0
// Writes the sources that read and write generated types.
#pragma once

#include <string>
#include <vector>

#include "codegen/emit_types.hpp"

namespace mtfetch::codegen {

/// `<include>/part_<n>.cpp` for n below the job's `parts`.
std::vector<output_file> emit_codec(const job& j);

}  // namespace mtfetch::codegen
