// SPDX-License-Identifier: BSL-1.0
// NAME.part: where the bytes of a file lie until it is whole.
#pragma once

#include "downloader/sink/file_calls.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace mtfetch::sink {

/// storage_errc::locked: somebody else writes another content under the name. Any other name may
/// do.
class name_in_use : public error {
 public:
  using error::error;
};

/// An open and locked NAME.part. The lock ends with the object, also when the process is killed.
/// Everything throws mtfetch::error: storage_errc::no_space for a full disk, storage_errc::locked,
/// else the system's own code; each sentence names the path. Move-only; one thread at a time.
class part_file {
 public:
  /// Opens it, making it if it is not there. `content`, positive, says what will be written; 0 says
  /// nothing. Whoever else has it open makes that fail: with storage_errc::locked where it is for
  /// the same content, else with name_in_use.
  static part_file open(std::filesystem::path path, const file_calls& calls = file_calls::system(),
                        std::int64_t content = 0);
  /// The same for one that is there already; nothing where it is not.
  static std::optional<part_file> open_existing(std::filesystem::path path,
                                                const file_calls& calls = file_calls::system(),
                                                std::int64_t content = 0);

  part_file(part_file&& other) noexcept
      : path_(std::move(other.path_)),
        calls_(std::move(other.calls_)),
        file_(std::exchange(other.file_, -1)),
        sync_error_(other.sync_error_) {}
  part_file& operator=(part_file&& other) noexcept;
  ~part_file();

  /// Reserves room on the disk, so that a full disk is found before the first byte comes. A file
  /// system that cannot do that is left alone: the file is sparse then.
  void reserve(std::int64_t size);
  void write(std::int64_t offset, byte_view data);
  /// Fills the whole span; an earlier end of the file is storage_errc::size_mismatch.
  void read(std::int64_t offset, byte_span into) const;
  /// After a sync that failed, this and `finish` fail for good: the system takes what it could not
  /// write for written, and the next sync would say so. Whoever opens the file anew has to write
  /// again what is not known to be durable.
  void sync_data();
  std::int64_t size() const;
  /// Where bytes were ever written, as far as the file system knows: [begin, end) pairs.
  std::vector<std::pair<std::int64_t, std::int64_t>> written_ranges() const;

  /// Cuts the file to `size`, syncs it and gives it the name `first`; where that is taken, the
  /// first free one of `wanted`, `wanted` with " (1)" and so on. Then syncs the folder. Gives the
  /// name.
  std::filesystem::path finish(std::int64_t size, const std::filesystem::path& first,
                               const std::filesystem::path& wanted);

  /// Takes the name away, while the lock still holds.
  void remove();

  const std::filesystem::path& path() const { return path_; }

 private:
  part_file(std::filesystem::path path, file_calls calls, int file)
      : path_(std::move(path)), calls_(std::move(calls)), file_(file) {}
  static std::optional<part_file> open_with(std::filesystem::path path, const file_calls& calls,
                                            std::int64_t content, int flags);
  void lock(std::int64_t content) const;
  void sync_by(const std::function<int(int)>& call);
  [[noreturn]] void fail(const char* doing, int number) const;
  void close() noexcept;

  std::filesystem::path path_;
  file_calls calls_;
  int file_ = -1;
  int sync_error_ = 0;
};

/// Makes the names in a folder durable. A file system that cannot do that is left to itself.
void sync_folder(const file_calls& calls, const std::filesystem::path& folder);

}  // namespace mtfetch::sink
