// SPDX-License-Identifier: BSL-1.0
// Which file goes where: the names that were wanted, before any of them is found to be taken.
#pragma once

#include <mtfetch/media.hpp>
#include <mtfetch/name_template.hpp>

#include <cstddef>
#include <filesystem>
#include <vector>

namespace mtfetch::transfer {

/// As download_options::to and ::names say. Makes the folder; throws mtfetch::error that names it
/// when that fails.
std::vector<std::filesystem::path> target_paths(const std::vector<media>& files,
                                                const std::filesystem::path& to,
                                                const name_template& names);

/// Whether `to` is the name of the one file, and not a folder.
bool names_one_file(const std::vector<media>& files, const std::filesystem::path& to);

/// In a folder, made or not, after as many files as went before.
std::vector<std::filesystem::path> paths_within(const std::filesystem::path& folder,
                                                const std::vector<media>& files,
                                                const name_template& names, std::size_t before);
/// Throws mtfetch::error that names the folder.
void make_folder(const std::filesystem::path& folder);

}  // namespace mtfetch::transfer
