// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/file_worker.hpp"

#include <asio/execution_context.hpp>
#include <asio/post.hpp>

#include <set>
#include <utility>

namespace mtfetch::transfer {

struct file_worker::registered {
  std::mutex mutex;
  std::set<file_worker*> workers;
};

// A context that goes away throws its handlers out without a lock, so that no thread may post to it
// then. Services end in the reverse order of their making: this one before those of the handlers.
class file_worker::ended_with_context : public asio::execution_context::service {
 public:
  using key_type = ended_with_context;
  static inline asio::execution_context::id id;
  explicit ended_with_context(asio::execution_context& of) : service(of) {}
  void shutdown() override {
    const std::lock_guard lock(all->mutex);
    for (file_worker* const each : all->workers) each->end();
  }
  const std::shared_ptr<registered> all = std::make_shared<registered>();
};

file_worker::file_worker(asio::any_io_executor back, std::function<void()> interrupt)
    : back_(std::move(back)),
      interrupt_(std::move(interrupt)),
      all_(asio::use_service<ended_with_context>(back_.context()).all),
      thread_([this] { loop(); }) {
  const std::lock_guard lock(all_->mutex);
  all_->workers.insert(this);
}

file_worker::~file_worker() {
  {
    const std::lock_guard lock(all_->mutex);
    all_->workers.erase(this);
  }
  end();
}

void file_worker::end() {
  if (!thread_.joinable()) return;
  if (interrupt_) interrupt_();
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
    if (ending_) return;  // what is kept would keep its owner, and with it this
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
