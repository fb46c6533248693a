// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/part_file.hpp"

#include "downloader/sink/target_name.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <string>

namespace mtfetch::sink {
namespace {

template <class Call>
auto uninterrupted(Call call) {
  auto outcome = call();
  while (outcome == -1 && errno == EINTR) outcome = call();
  return outcome;
}

[[noreturn]] void fail_with(const std::filesystem::path& path, const char* doing, int number) {
  const std::error_code code(number, std::generic_category());
  if (number == ENOSPC || number == EDQUOT) {
    throw error(make_error_code(storage_errc::no_space),
                "the disk is full: no room for " + path.string());
  }
  throw error(code, std::string(doing) + ' ' + path.string() + ": " + code.message());
}

}  // namespace

void sync_folder(const file_calls& calls, const std::filesystem::path& folder) {
  const int opened =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened == -1) return;
  static_cast<void>(uninterrupted([&] { return calls.sync_all(opened); }));
  ::close(opened);
}

part_file part_file::open(std::filesystem::path path, const file_calls& calls,
                          std::int64_t content) {
  return std::move(*open_with(std::move(path), calls, content, O_RDWR | O_CREAT));
}

std::optional<part_file> part_file::open_existing(std::filesystem::path path,
                                                  const file_calls& calls, std::int64_t content) {
  return open_with(std::move(path), calls, content, O_RDWR);
}

// Two locks: of the byte numbered `content`, for which there need be no byte, and of the file. In
// this order, so that whoever meets the second has said what it writes.
void part_file::lock(std::int64_t content) const {
  struct flock byte {};
  byte.l_type = F_WRLCK;
  byte.l_whence = SEEK_SET;
  byte.l_start = content;
  byte.l_len = 1;
  // A file system without such locks leaves it at the second.
  if (content > 0 && uninterrupted([&] { return ::fcntl(file_, F_OFD_SETLK, &byte); }) == -1 &&
      (errno == EAGAIN || errno == EACCES)) {
    throw error(make_error_code(storage_errc::locked),
                "another mtfetch process is fetching " + path_.string());
  }
  if (uninterrupted([&] { return ::flock(file_, LOCK_EX | LOCK_NB); }) == 0) return;
  if (errno != EWOULDBLOCK) fail("cannot lock", errno);
  throw name_in_use(make_error_code(storage_errc::locked),
                    path_.string() + " is being written by another download");
}

std::optional<part_file> part_file::open_with(std::filesystem::path path, const file_calls& calls,
                                              std::int64_t content, int flags) {
  for (;;) {
    const int opened =
        uninterrupted([&] { return calls.open(path, flags | O_CLOEXEC | O_NOFOLLOW); });
    if (opened == -1 && errno == ENOENT && (flags & O_CREAT) == 0) return std::nullopt;
    if (opened == -1) fail_with(path, "cannot open", errno);
    part_file file(std::move(path), calls, opened);
    file.lock(content);
    // Between open and lock the other one may have finished and renamed what we hold.
    struct stat held {};
    struct stat named {};
    if (::fstat(opened, &held) == -1) file.fail("cannot examine", errno);
    if (::stat(file.path_.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev) {
      return file;
    }
    path = file.path_;
  }
}

part_file& part_file::operator=(part_file&& other) noexcept {
  if (this != &other) {
    close();
    path_ = std::move(other.path_);
    calls_ = std::move(other.calls_);
    file_ = std::exchange(other.file_, -1);
    sync_error_ = other.sync_error_;
  }
  return *this;
}

part_file::~part_file() {
  close();
}

void part_file::close() noexcept {
  if (file_ != -1) ::close(file_);
  file_ = -1;
}

void part_file::fail(const char* doing, int number) const {
  fail_with(path_, doing, number);
}

void part_file::reserve(std::int64_t bytes) {
  if (bytes <= 0) return;
  if (uninterrupted([&] { return calls_.allocate(file_, bytes); }) == 0) return;
  const int number = errno;
  if (number != ENOSPC && number != EDQUOT) return;
  // Part of the room may have been taken; a full disk must not stay full because of us.
  static_cast<void>(calls_.truncate(file_, size()));
  throw error(make_error_code(storage_errc::no_space),
              "the disk is full: " + path_.string() + " needs " + std::to_string(bytes) + " bytes");
}

void part_file::remove() {
  static_cast<void>(calls_.remove(path_));
}

void part_file::write(std::int64_t offset, byte_view data) {
  while (!data.empty()) {
    const std::int64_t wrote = uninterrupted([&] { return calls_.write(file_, data, offset); });
    if (wrote < 0) fail("cannot write", errno);
    if (wrote == 0) fail("cannot write", EIO);
    data = data.subspan(static_cast<std::size_t>(wrote));
    offset += wrote;
  }
}

void part_file::read(std::int64_t offset, byte_span into) const {
  while (!into.empty()) {
    const ssize_t got =
        uninterrupted([&] { return ::pread(file_, into.data(), into.size(), offset); });
    if (got < 0) fail("cannot read", errno);
    if (got == 0) {
      throw error(make_error_code(storage_errc::size_mismatch),
                  path_.string() + " ends at byte " + std::to_string(offset) +
                      ", before what is read from it");
    }
    into = into.subspan(static_cast<std::size_t>(got));
    offset += got;
  }
}

void part_file::sync_by(const std::function<int(int)>& call) {
  if (sync_error_ == 0 && uninterrupted([&] { return call(file_); }) != 0) sync_error_ = errno;
  if (sync_error_ != 0) fail("cannot sync", sync_error_);
}

void part_file::sync_data() {
  sync_by(calls_.sync_data);
}

std::int64_t part_file::size() const {
  struct stat seen {};
  if (::fstat(file_, &seen) == -1) fail("cannot examine", errno);
  return seen.st_size;
}

std::vector<std::pair<std::int64_t, std::int64_t>> part_file::written_ranges() const {
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
  off_t at = 0;
  for (;;) {
    const off_t begin = ::lseek(file_, at, SEEK_DATA);
    if (begin == -1) return ranges;  // ENXIO: nothing more
    const off_t end = ::lseek(file_, begin, SEEK_HOLE);
    if (end <= begin) return ranges;
    ranges.emplace_back(begin, end);
    at = end;
  }
}

std::filesystem::path part_file::finish(std::int64_t bytes, const std::filesystem::path& first,
                                        const std::filesystem::path& wanted) {
  if (uninterrupted([&] { return calls_.truncate(file_, bytes); }) != 0) fail("cannot cut", errno);
  sync_by(calls_.sync_all);
  std::filesystem::path name = first;
  for (int number = 0; calls_.rename_new(path_, name) != 0; ++number) {
    if (errno != EEXIST) fail("cannot rename", errno);
    name = numbered(wanted, number);
  }
  sync_folder(calls_, name.parent_path());
  path_ = name;
  return name;
}

}  // namespace mtfetch::sink
