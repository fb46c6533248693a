// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/file_worker.hpp"

#include <asio/post.hpp>

#include <utility>

namespace mtfetch::transfer {

file_worker::file_worker(asio::any_io_executor back)
    : back_(std::move(back)), thread_([this] { loop(); }) {}

file_worker::~file_worker() {
  end();
}

void file_worker::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void file_worker::run(job work) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(work));
  }
  wake_.notify_one();
}

void file_worker::loop() {
  for (;;) {
    job next;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    continuation after = next();
    next = nullptr;  // what it held, such as a receive buffer, goes before the next one waits
    if (after) asio::post(back_, std::move(after));
  }
}

}  // namespace mtfetch::transfer
