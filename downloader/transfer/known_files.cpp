// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/known_files.hpp"

#include "downloader/catalogue/catalogue.hpp"

#include <system_error>
#include <utility>

namespace mtfetch::transfer {

namespace fs = std::filesystem;

namespace {

// With what its catalogue keeps of its hashes; one that another process has just put aside says
// nothing.
whole_file hashed_file(const fs::path& path) {
  whole_file file{path, {}, 0};
  try {
    auto in = catalogue::open_existing(path.parent_path());
    if (const auto kept = in ? in->find(path.filename().string()) : std::nullopt) {
      file.sha256 = kept->sha256;
      file.verified = kept->windows.verified_bytes();
    }
  } catch (const error&) {
  }
  return file;
}

}  // namespace

std::optional<whole_file> known_files::find(const file_identity& file, bool with_hashes) {
  if (!std::exchange(is_read_, true)) read();
  const auto [begin, end] = files_.equal_range({file.id, file.size, file.variant});
  for (auto one = begin; one != end; ++one) {
    std::error_code ignored;
    const fs::path& path = one->second;
    if (!fs::is_regular_file(path, ignored)) continue;
    const auto size = fs::file_size(path, ignored);
    if (!ignored && size == static_cast<std::uintmax_t>(file.size)) {
      return with_hashes ? hashed_file(path) : whole_file{path, {}, 0};
    }
  }
  return std::nullopt;
}

void known_files::read() {
  read_folder(root_);
  std::vector<std::string> below;
  try {
    if (auto in = catalogue::open_existing(root_)) below = in->folders();
  } catch (const error&) {
  }
  for (const std::string& folder : below) read_folder(root_ / folder);
}

// Whoever cannot read it fetches anew; that it cannot be used is told where it is to be written.
void known_files::read_folder(const fs::path& folder) try {
  auto in = catalogue::open_existing(folder);
  if (!in) return;
  for (catalogued_document& one : in->documents()) {
    file_identity& what = one.identity;
    files_.emplace(key(what.id, what.size, std::move(what.variant)), folder / one.name);
  }
} catch (const error&) {
}

}  // namespace mtfetch::transfer
