// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/file_calls.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <cerrno>

namespace mtfetch::sink {
namespace {

int rename_without_overwriting(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) return -1;
  // A file system without that flag: a second link is refused where the name is taken.
  if (::link(from.c_str(), to.c_str()) == 0) return ::unlink(from.c_str());
  if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS) return -1;
  // And one without links, such as FAT: look first. Another program may slip in between.
  if (::access(to.c_str(), F_OK) == 0) {
    errno = EEXIST;
    return -1;
  }
  return ::rename(from.c_str(), to.c_str());
}

}  // namespace

file_calls file_calls::system() {
  file_calls calls;
  calls.open = [](const std::filesystem::path& path, int flags) {
    return ::open(path.c_str(), flags, 0666);
  };
  calls.write = [](int file, byte_view data, std::int64_t offset) -> std::int64_t {
    return ::pwrite(file, data.data(), data.size(), offset);
  };
  calls.allocate = [](int file, std::int64_t size) {
    return ::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, size);
  };
  calls.truncate = [](int file, std::int64_t size) { return ::ftruncate(file, size); };
  calls.sync_data = [](int file) { return ::fdatasync(file); };
  calls.sync_all = [](int file) { return ::fsync(file); };
  calls.rename_new = rename_without_overwriting;
  calls.remove = [](const std::filesystem::path& path) { return ::unlink(path.c_str()); };
  return calls;
}

}  // namespace mtfetch::sink
