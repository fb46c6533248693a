// SPDX-License-Identifier: BSL-1.0
// download(): a transfer from a client, with messages as the origin of file references.
#include <mtfetch/download.hpp>

#include "downloader/transfer/client_source.hpp"
#include "downloader/transfer/transfer.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/resolve.hpp>
#include <mtfetch/takeout.hpp>

#include <asio/cancellation_state.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace mtfetch {
namespace {

asio::awaitable<report> fetch(client* of, std::vector<media> files, download_options options,
                              std::optional<std::int64_t> takeout) {
  transfer::source from = transfer::client_source(*of, takeout);
  from.refresh = [of, takeout](media lapsed) {
    invoke_options how;
    how.takeout = takeout;
    return refresh(*of, std::move(lapsed), how);
  };
  transfer::transfer_settings settings;
  return transfer::transfer_files(std::move(from), std::move(files), std::move(options),
                                  std::move(settings));
}

// Tells Telegram, as far as it can be told: gives the sentence of what went wrong.
asio::awaitable<std::string> finish(takeout session, bool success) {
  try {
    co_await session.finish(success);
  } catch (const std::system_error& failed) {
    co_return failed.what();
  }
  co_return std::string();
}

asio::awaitable<report> fetch_in_takeout(client* of, std::vector<media> files,
                                         download_options options) {
  std::int64_t largest = 0;
  for (const media& file : files) largest = std::max(largest, file.size);
  takeout session = co_await begin_takeout(*of, largest);
  std::optional<report> done;
  std::exception_ptr thrown;
  try {
    done = co_await fetch(of, std::move(files), std::move(options), session.id());
  } catch (const std::system_error&) {
    thrown = std::current_exception();
  }
  // Also when it was cancelled: the session is finished first.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const std::string left_open = co_await finish(session, done && done->ok());
  if (thrown) std::rethrow_exception(thrown);
  if (!left_open.empty() && !done->files.empty()) {
    done->files.back().notes.push_back("the takeout could not be finished: " + left_open);
  }
  co_return std::move(*done);
}

}  // namespace

asio::awaitable<report> download(client& client, std::vector<media> files,
                                 download_options options) {
  if (options.takeout) return fetch_in_takeout(&client, std::move(files), std::move(options));
  return fetch(&client, std::move(files), std::move(options), std::nullopt);
}

}  // namespace mtfetch
