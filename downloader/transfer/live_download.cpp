// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/live_download.hpp"

#include "downloader/transfer/transfer_run.hpp"

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

run_kind readable(live_mode mode) {
  run_kind kind;
  kind.readable = true;
  kind.only_wanted = mode == live_mode::only_read;
  return kind;
}

// Waits until `over`, whoever wakes it; throws when it is cancelled before.
template <class State>
asio::awaitable<void> until_over(std::shared_ptr<State> of) {
  const auto state = co_await asio::this_coro::cancellation_state;
  while (!of->over) {
    std::error_code woken;
    co_await of->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (state.cancelled() != asio::cancellation_type::none) {
      throw std::system_error(asio::error::operation_aborted);
    }
  }
}

struct read_job {
  explicit read_job(const asio::any_io_executor& executor) : wake(executor, no_deadline) {}
  asio::steady_timer wake;
  bool over = false;
  bytes data;
  std::exception_ptr failed;
};

}  // namespace

struct live_download::ending {
  explicit ending(const asio::any_io_executor& executor) : wake(executor, no_deadline) {}
  asio::steady_timer wake;
  bool over = false;
  file_report outcome;
  std::exception_ptr failed;
};

live_download::live_download(const asio::any_io_executor& executor, source from, media file,
                             download_options options, live_mode mode, transfer_settings settings)
    : executor_(executor),
      run_(std::make_shared<transfer_run>(executor, std::move(from),
                                          std::vector<media>(1, std::move(file)),
                                          std::move(options), std::move(settings), readable(mode))),
      ending_(std::make_shared<ending>(executor)) {
  auto over = [end = ending_](const std::exception_ptr& failed, mtfetch::report made) {
    end->over = true;
    end->failed = failed;
    if (!failed) end->outcome = std::move(made.files.at(0));
    end->wake.cancel();
  };
  asio::co_spawn(executor, run_to_end(run_), std::move(over));
}

live_download::~live_download() {
  close();
}

void live_download::close() {
  run_->close();
}

std::int64_t live_download::size() const {
  return run_->size();
}

progress live_download::seen() const {
  return run_->seen(0);
}

asio::awaitable<file_report> live_download::report() {
  const auto self = shared_from_this();
  co_await until_over(ending_);
  if (ending_->failed) std::rethrow_exception(ending_->failed);
  co_return ending_->outcome;
}

asio::awaitable<bytes> live_download::read(std::int64_t offset, std::size_t size, duration within) {
  const auto self = shared_from_this();
  if (offset < 0 || offset > run_->size() || size > live_file::most_read) {
    throw error(std::make_error_code(std::errc::invalid_argument),
                "a read of " + std::to_string(size) + " bytes at " + std::to_string(offset) +
                    " of a file of " + std::to_string(run_->size()) + " bytes");
  }
  size = static_cast<std::size_t>(std::min(static_cast<std::int64_t>(size), run_->size() - offset));
  if (size == 0) co_return bytes();
  const engine::range wanted{offset, offset + static_cast<std::int64_t>(size)};
  const time_point now = std::chrono::steady_clock::now();
  const time_point deadline = within < no_deadline - now ? now + within : no_deadline;
  auto from = co_await run_->reader_of(wanted, deadline);
  co_return co_await read_file(std::move(from), offset, size);
}

asio::awaitable<bytes> live_download::read_file(std::shared_ptr<const sink::file_reader> from,
                                                std::int64_t offset, std::size_t size) {
  if (!reader_) reader_.emplace(executor_);
  const auto mine = std::make_shared<read_job>(executor_);
  reader_->run([mine, from = std::move(from), offset, size]() -> file_worker::continuation {
    try {
      mine->data.resize(size);
      from->read(offset, mine->data);
    } catch (const std::system_error&) {
      mine->failed = std::current_exception();
    } catch (const std::bad_alloc&) {
      mine->failed = std::current_exception();
    }
    return [mine] {
      mine->over = true;
      mine->wake.cancel();
    };
  });
  co_await until_over(mine);
  if (mine->failed) std::rethrow_exception(mine->failed);
  co_return std::move(mine->data);
}

}  // namespace mtfetch::transfer

namespace mtfetch {

asio::awaitable<bytes> live_file::read(std::int64_t offset, std::size_t size, duration within) {
  return download_->read(offset, size, within);
}

std::int64_t live_file::size() const {
  return download_->size();
}

progress live_file::progress() const {
  return download_->seen();
}

asio::awaitable<file_report> live_file::report() {
  return download_->report();
}

void live_file::close() {
  download_->close();
}

}  // namespace mtfetch
