// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/file_reader.hpp"

#include <mtfetch/error.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <string>
#include <utility>

namespace mtfetch::sink {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* doing, int number) {
  const std::error_code code(number, std::generic_category());
  throw error(code, std::string(doing) + ' ' + path.string() + ": " + code.message());
}

}  // namespace

file_reader::file_reader(std::filesystem::path path) : path_(std::move(path)) {
  do {
    file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  } while (file_ == -1 && errno == EINTR);
  if (file_ == -1) fail(path_, "cannot open", errno);
}

file_reader::~file_reader() {
  ::close(file_);
}

void file_reader::read(std::int64_t offset, byte_span into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(file_, into.data(), into.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, "cannot read", errno);
    if (got == 0) {
      throw error(make_error_code(storage_errc::size_mismatch),
                  path_.string() + " ends at byte " + std::to_string(offset) +
                      ", before what is read from it");
    }
    into = into.subspan(static_cast<std::size_t>(got));
    offset += got;
  }
}

}  // namespace mtfetch::sink
