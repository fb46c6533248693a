// SPDX-License-Identifier: BSL-1.0
// Reads schema files and writes generated ones.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "codegen/emit_types.hpp"

namespace mtfetch::codegen {

/// The whole of a file. Throws std::runtime_error that names it.
std::string read_file(const std::filesystem::path& path);

/// Writes each file below `folder` unless it has that text already, so that nothing is built again
/// without need. Gives the number of files written; throws std::runtime_error that names a file.
std::size_t write_changed(const std::filesystem::path& folder,
                          const std::vector<output_file>& files);

}  // namespace mtfetch::codegen
