// SPDX-License-Identifier: BSL-1.0
// Reads a file that somebody else writes and renames meanwhile.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <filesystem>

namespace mtfetch::sink {

/// Holds no lock, and stays good when the file gets another name or none. Blocking; any number of
/// threads at a time. Throws mtfetch::error that names the path it was opened under.
class file_reader {
 public:
  explicit file_reader(std::filesystem::path path);
  ~file_reader();
  file_reader(const file_reader&) = delete;
  file_reader& operator=(const file_reader&) = delete;

  /// Fills the whole span; an earlier end of the file is storage_errc::size_mismatch.
  void read(std::int64_t offset, byte_span into) const;

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace mtfetch::sink
