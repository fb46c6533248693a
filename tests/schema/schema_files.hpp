// SPDX-License-Identifier: BSL-1.0
// The .tl files of the repository, parsed.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "codegen/output.hpp"
#include "codegen/parser.hpp"

namespace mtfetch::schema_test {

struct parsed_file {
  std::string name;  ///< below tl-schema: `api/base.tl`
  codegen::syntax::file content;
};

/// All .tl files below a folder of tl-schema, by name.
inline std::vector<parsed_file> files_below(const std::string& folder) {
  const std::filesystem::path root = MTFETCH_SCHEMA_DIR;
  std::vector<parsed_file> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".tl") continue;
    const std::string name = entry.path().lexically_normal().lexically_relative(root).string();
    files.push_back({name, codegen::parse(name, codegen::read_file(entry.path()))});
  }
  std::ranges::sort(files, {}, &parsed_file::name);
  return files;
}

inline std::vector<codegen::syntax::file> contents(const std::vector<parsed_file>& files) {
  std::vector<codegen::syntax::file> out;
  for (const auto& file : files) out.push_back(file.content);
  return out;
}

}  // namespace mtfetch::schema_test
