// SPDX-License-Identifier: BSL-1.0
// The system calls that change files, as callables, so that a test can make any of them fail, or
// keep what a loss of power would have left.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace mtfetch::sink {

/// Each gives 0, `open` a descriptor, `write` the bytes written; -1 with errno when it failed.
struct file_calls {
  std::function<int(const std::filesystem::path& path, int flags)> open;
  std::function<std::int64_t(int file, byte_view data, std::int64_t offset)> write;
  std::function<int(int file, std::int64_t size)> allocate;  ///< without changing the file's size
  std::function<int(int file, std::int64_t size)> truncate;
  std::function<int(int file)> sync_data;
  std::function<int(int file)> sync_all;
  /// Fails with EEXIST where the new name is taken.
  std::function<int(const std::filesystem::path& from, const std::filesystem::path& to)> rename_new;
  std::function<int(const std::filesystem::path& path)> remove;
  /// SQLite's name for the file layer (VFS) of the journals that go with these; empty: its own.
  std::string journal_layer;

  static file_calls system();
};

}  // namespace mtfetch::sink
