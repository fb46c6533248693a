// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/target_paths.hpp"

#include <mtfetch/error.hpp>

#include <string>
#include <system_error>

namespace mtfetch::transfer {

namespace fs = std::filesystem;

std::vector<fs::path> target_paths(const std::vector<media>& files, const fs::path& to,
                                   const name_template& names) {
  const bool is_file = names_one_file(files, to);
  const fs::path folder = is_file ? to.parent_path() : to;
  make_folder(folder);
  if (is_file) return {to};
  return paths_within(folder, files, names, 0);
}

bool names_one_file(const std::vector<media>& files, const fs::path& to) {
  std::error_code ignored;
  return files.size() == 1 && to.has_filename() && !fs::is_directory(to, ignored) && to != ".";
}

std::vector<fs::path> paths_within(const fs::path& folder, const std::vector<media>& files,
                                   const name_template& names, std::size_t before) {
  std::vector<fs::path> paths;
  for (const media& file : files) paths.push_back(folder / names.path_of(file, ++before));
  return paths;
}

void make_folder(const fs::path& folder) {
  std::error_code failed;
  if (!folder.empty()) fs::create_directories(folder, failed);
  if (failed)
    throw error(failed, "cannot make the folder " + folder.string() + ": " + failed.message());
}

}  // namespace mtfetch::transfer
