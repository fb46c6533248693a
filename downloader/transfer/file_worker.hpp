// SPDX-License-Identifier: BSL-1.0
// The one thread that does blocking file work for a transfer.
#pragma once

#include <asio/any_io_executor.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace mtfetch::transfer {

/// Runs jobs one after another on its thread; what a job returns is run on the executor afterwards.
/// The destructor ends it, or the executor's context before it goes away, where end() did not.
class file_worker {
 public:
  using continuation = std::function<void()>;
  using job = std::function<continuation()>;

  /// `interrupt` is called on any thread when it ends: a job that blocks should return.
  explicit file_worker(asio::any_io_executor back, std::function<void()> interrupt = {});
  ~file_worker();
  file_worker(const file_worker&) = delete;
  file_worker& operator=(const file_worker&) = delete;

  /// From the executor's thread. A job does not throw.
  void run(job work);
  /// Lets the jobs given so far run and ends the thread; later ones are not run. Once.
  void end();

 private:
  class ended_with_context;
  struct registered;
  void loop();

  asio::any_io_executor back_;
  std::function<void()> interrupt_;
  std::shared_ptr<registered> all_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<job> jobs_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace mtfetch::transfer
