// SPDX-License-Identifier: BSL-1.0
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <future>
#include <mtfetch/error.hpp>
#include <mtfetch/testing.hpp>
#include <thread>

namespace mtfetch::testing {

struct cluster_thread::parts {
  explicit parts(cluster_options options)
      : centre(context.get_executor(), std::move(options)), busy(asio::make_work_guard(context)) {
    centre.start();
    thread = std::thread([this] { context.run(); });
  }

  ~parts() {
    try {
      on_thread([this] { centre.stop(); });
    } catch (const error&) {
      // The state could not be written; a destructor has nobody to tell.
    }
    busy.reset();
    context.stop();
    thread.join();
  }

  template <class Work>
  void on_thread(Work work) {
    std::packaged_task<void()> task(std::move(work));
    auto done = task.get_future();
    asio::post(context, std::move(task));
    done.get();
  }

  asio::io_context context;
  cluster centre;
  asio::executor_work_guard<asio::io_context::executor_type> busy;
  std::thread thread;
};

cluster_thread::cluster_thread(cluster_options options)
    : parts_(std::make_unique<parts>(std::move(options))) {}

cluster_thread::~cluster_thread() = default;

cluster& cluster_thread::dc() {
  return parts_->centre;
}

void cluster_thread::stop() {
  parts_->on_thread([this] { parts_->centre.stop(); });
}

void cluster_thread::restart() {
  parts_->on_thread([this] { parts_->centre.restart(); });
}

}  // namespace mtfetch::testing
