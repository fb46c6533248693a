// SPDX-License-Identifier: BSL-1.0
#include "downloader/verify/compare.hpp"

#include "mtproto/crypto/sha.hpp"

#include <mtfetch/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

namespace mtfetch::verifying {
namespace {

// Windows hashed at once: several go side by side through the processor, and 1 MiB through caches.
constexpr std::size_t batch = 8;

void add(std::vector<byte_range>& damaged, const engine::range& window) {
  if (!damaged.empty() && damaged.back().end == window.begin) {
    damaged.back().end = window.end;
  } else {
    damaged.push_back({window.begin, window.end});
  }
}

}  // namespace

open_file::open_file(std::filesystem::path path) : path_(std::move(path)) {
  // Not to wait for the other end of a pipe that lies where a file should.
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file_ == -1) {
    const std::error_code code(errno, std::generic_category());
    throw error(code, "cannot open " + path_.string() + ": " + code.message());
  }
  struct stat seen {};
  if (::fstat(file_, &seen) == -1 || !S_ISREG(seen.st_mode)) {
    ::close(file_);
    throw error(std::make_error_code(std::errc::invalid_argument),
                path_.string() + " is not an ordinary file");
  }
  size_ = seen.st_size;
  static_cast<void>(::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL));
}

open_file::~open_file() {
  ::close(file_);
}

bool open_file::read(std::int64_t offset, byte_span into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(file_, into.data(), into.size(), offset);
    if (got == -1 && errno == EINTR) continue;
    if (got == -1 && errno != EIO) {
      const std::error_code code(errno, std::generic_category());
      throw error(code, "cannot read " + path_.string() + ": " + code.message());
    }
    if (got <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(got));
    offset += got;
  }
  return true;
}

std::vector<byte_range> compare(const open_file& file, const window_digests& digests,
                                const std::function<void(std::int64_t)>& on_read) {
  std::vector<byte_range> damaged;
  bytes room(batch * static_cast<std::size_t>(engine::hash_window));
  std::vector<engine::window_record> windows;
  std::vector<byte_view> contents;
  std::vector<crypto::sha256_digest> found;
  for (std::size_t first = 0; first < digests.count(); first += batch) {
    windows.clear();
    contents.clear();
    const std::size_t last = std::min(first + batch, digests.count());
    std::int64_t compared = 0;
    for (std::size_t i = first; i < last; ++i) {
      const engine::window_record window = digests.at(i);
      compared = window.bytes().end;
      const byte_span into =
          byte_span(room).subspan((i - first) * static_cast<std::size_t>(engine::hash_window),
                                  static_cast<std::size_t>(window.size));
      const bool is_there = window.bytes().end <= file.size() && file.read(window.offset, into);
      windows.push_back(window);
      contents.push_back(is_there ? byte_view(into) : byte_view());
    }
    found.resize(contents.size());
    crypto::sha256_each(contents, found);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      // A window is never empty, so that an empty view is one that could not be read.
      if (contents[i].empty() || found[i] != windows[i].sha256) add(damaged, windows[i].bytes());
    }
    on_read(compared);
  }
  return damaged;
}

}  // namespace mtfetch::verifying
