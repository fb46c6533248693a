// SPDX-License-Identifier: BSL-1.0
// The system calls under a file, as callables, so that a test can make any of them fail.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>

namespace mtfetch::sink {

/// Each gives 0, or for `write` the bytes written; -1 with errno when it failed.
struct file_calls {
  std::function<std::int64_t(int file, byte_view data, std::int64_t offset)> write;
  std::function<int(int file, std::int64_t size)> allocate;  ///< without changing the file's size
  std::function<int(int file)> sync_data;
  std::function<int(int file)> sync_all;
  /// Fails with EEXIST where the new name is taken.
  std::function<int(const std::filesystem::path& from, const std::filesystem::path& to)> rename_new;

  static file_calls system();
};

}  // namespace mtfetch::sink
