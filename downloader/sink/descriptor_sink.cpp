// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/descriptor_sink.hpp"

#include <mtfetch/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

namespace mtfetch::sink {
namespace {

[[noreturn]] void fail(int descriptor, const char* doing, int number) {
  const std::string where = "descriptor " + std::to_string(descriptor);
  if (number == ENOSPC || number == EDQUOT) {
    throw error(make_error_code(storage_errc::no_space), "the disk is full: no room in " + where);
  }
  const std::error_code code(number, std::generic_category());
  throw error(code, std::string("cannot ") + doing + ' ' + where + ": " + code.message());
}

// Becomes readable for ever when it is rung.
class bell {
 public:
  bell() : file_(::eventfd(0, EFD_CLOEXEC)) {
    if (file_ == -1) fail(file_, "make an event for", errno);
  }
  ~bell() { ::close(file_); }
  bell(const bell&) = delete;
  bell& operator=(const bell&) = delete;
  void ring() const { static_cast<void>(::eventfd_write(file_, 1)); }
  int file() const { return file_; }

 private:
  int file_;
};

// Who reads a pipe may go away: that is an error of this write, and no SIGPIPE for the program.
class without_sigpipe {
 public:
  without_sigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~without_sigpipe() {
    if (!::sigismember(&before_, SIGPIPE)) {
      const timespec at_once{};
      static_cast<void>(::sigtimedwait(&pipe_, nullptr, &at_once));
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  without_sigpipe(const without_sigpipe&) = delete;
  without_sigpipe& operator=(const without_sigpipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

void write_at(int descriptor, std::int64_t offset, byte_view data) {
  while (!data.empty()) {
    const ssize_t wrote = ::pwrite(descriptor, data.data(), data.size(), offset);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) fail(descriptor, "write to", errno);
    if (wrote == 0) fail(descriptor, "write to", EIO);
    data = data.subspan(static_cast<std::size_t>(wrote));
    offset += wrote;
  }
}

// The descriptor's own mode is the caller's, so that it may block: a pipe that is ready takes
// PIPE_BUF bytes without, and a socket is asked not to.
void write_in_order(int descriptor, byte_view data, const bell& stop) {
  const without_sigpipe quiet;
  while (!data.empty()) {
    pollfd ready[2] = {{descriptor, POLLOUT, 0}, {stop.file(), POLLIN, 0}};
    const int found = ::poll(ready, 2, -1);
    if (found < 0 && errno == EINTR) continue;
    if (found < 0) fail(descriptor, "wait for", errno);
    if (ready[1].revents != 0) fail(descriptor, "write to", ECANCELED);
    ssize_t wrote = ::send(descriptor, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (wrote < 0 && errno == ENOTSOCK) {
      wrote = ::write(descriptor, data.data(), std::min<std::size_t>(data.size(), PIPE_BUF));
    }
    if (wrote < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (wrote < 0) fail(descriptor, "write to", errno);
    data = data.subspan(static_cast<std::size_t>(wrote));
  }
}

}  // namespace

byte_sink descriptor_sink(int descriptor) {
  byte_sink made;
  if (::lseek(descriptor, 0, SEEK_CUR) != -1) {
    made.write = [descriptor](std::int64_t offset, byte_view data) {
      write_at(descriptor, offset, data);
    };
    made.sync = [descriptor] {
      // A device that cannot is left to itself.
      if (::fdatasync(descriptor) != 0 && errno != EINVAL && errno != EROFS) {
        fail(descriptor, "sync", errno);
      }
    };
    return made;
  }
  const auto stop = std::make_shared<const bell>();
  made.write = [descriptor, stop](std::int64_t, byte_view data) {
    write_in_order(descriptor, data, *stop);
  };
  made.interrupt = [stop] { stop->ring(); };
  return made;
}

}  // namespace mtfetch::sink
