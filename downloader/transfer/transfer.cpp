// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/transfer.hpp"

#include "downloader/transfer/transfer_run.hpp"

#include <asio/this_coro.hpp>

#include <memory>
#include <utility>

namespace mtfetch::transfer {

namespace {

// Also where the coroutine's frame is destroyed before its end, with its io_context.
struct worker_end {
  explicit worker_end(std::shared_ptr<transfer_run> of) : run(std::move(of)) {}
  ~worker_end() { run->end_worker(); }
  worker_end(const worker_end&) = delete;
  worker_end& operator=(const worker_end&) = delete;
  std::shared_ptr<transfer_run> run;
};

}  // namespace

asio::awaitable<report> run_to_end(std::shared_ptr<transfer_run> run) {
  const worker_end ended(run);
  co_return co_await run->run();
}

asio::awaitable<report> transfer_files(source from, std::vector<media> files,
                                       download_options options, transfer_settings settings) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto run = std::make_shared<transfer_run>(executor, std::move(from), std::move(files),
                                                  std::move(options), std::move(settings));
  co_return co_await run_to_end(run);
}

asio::awaitable<report> transfer_supply(source from, media_supply more, download_options options,
                                        transfer_settings settings) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  run_kind kind;
  kind.more = std::move(more);
  const std::vector<media> none;
  const auto run = std::make_shared<transfer_run>(
      executor, std::move(from), none, std::move(options), std::move(settings), std::move(kind));
  co_return co_await run_to_end(run);
}

asio::awaitable<report> transfer_to(source from, media file, byte_sink into,
                                    download_options options, transfer_settings settings) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  run_kind kind;
  kind.into = std::move(into);
  const std::vector<media> files(1, std::move(file));
  const auto run = std::make_shared<transfer_run>(
      executor, std::move(from), files, std::move(options), std::move(settings), std::move(kind));
  co_return co_await run_to_end(run);
}

}  // namespace mtfetch::transfer
