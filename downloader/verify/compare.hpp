// SPDX-License-Identifier: BSL-1.0
// One file against its digests.
#pragma once

#include "downloader/catalogue/window_digests.hpp"

#include <mtfetch/verify.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace mtfetch::verifying {

/// A file open for reading. Throws mtfetch::error that names it when it cannot be opened or is no
/// ordinary file. Move-only.
class open_file {
 public:
  explicit open_file(std::filesystem::path path);
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file();

  std::int64_t size() const { return size_; }
  /// False where the disk gives none of the bytes: a bad sector, or the file has become shorter.
  bool read(std::int64_t offset, byte_span into) const;

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::int64_t size_ = 0;
};

/// The windows that are not as the digests say, neighbours merged. `on_read` hears how many bytes
/// are compared, again and again.
std::vector<byte_range> compare(const open_file& file, const window_digests& digests,
                                const std::function<void(std::int64_t)>& on_read);

}  // namespace mtfetch::verifying
