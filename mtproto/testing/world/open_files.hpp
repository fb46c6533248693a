// SPDX-License-Identifier: BSL-1.0
// The served files' descriptors: opened when first read, a bounded number kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <unordered_map>

namespace mtfetch::testing {

/// A file open for reading. Any thread may read.
class open_file {
 public:
  explicit open_file(int descriptor) : descriptor_(descriptor) {}
  ~open_file();
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  /// Fills `to` with the bytes from `offset` on. False when the file has fewer or cannot be read.
  bool read(std::int64_t offset, byte_span to) const;

 private:
  int descriptor_;
};

/// The files used last stay open. One thread at a time.
class open_files {
 public:
  /// Null when the file cannot be opened.
  std::shared_ptr<const open_file> get(const std::filesystem::path& path);

 private:
  static constexpr std::size_t kept_open = 64;
  struct entry {
    std::string path;
    std::shared_ptr<const open_file> file;
  };
  std::list<entry> by_use_;  // the one used last in front
  std::unordered_map<std::string, std::list<entry>::iterator> by_path_;
};

}  // namespace mtfetch::testing
