// SPDX-License-Identifier: BSL-1.0
// What earlier runs fetched into a folder and those below it, by document and not by name.
#pragma once

#include "downloader/journal/journal.hpp"
#include "downloader/transfer/sidecar.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace mtfetch::transfer {

/// Reads the folder's catalogue, and those of the folders that it names, once: with the first
/// question. One that cannot be read knows nothing. Blocking; on the worker's thread.
class known_files {
 public:
  explicit known_files(std::filesystem::path root) : root_(std::move(root)) {}
  /// Where such a file is: one that a person took away or whose size has changed is not there.
  /// Its hashes take a look into the catalogue again.
  std::optional<whole_file> find(const file_identity& file, bool with_hashes);

 private:
  void read();
  void read_folder(const std::filesystem::path& folder);

  using key = std::tuple<std::int64_t, std::int64_t, std::string>;
  std::filesystem::path root_;
  bool is_read_ = false;
  std::multimap<key, std::filesystem::path> files_;
};

}  // namespace mtfetch::transfer
