// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/fetch_from.hpp"

#include "downloader/transfer/client_source.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/resolve.hpp>
#include <mtfetch/takeout.hpp>

#include <asio/cancellation_state.hpp>
#include <asio/this_coro.hpp>

#include <exception>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mtfetch {
namespace {

// Tells Telegram, as far as it can be told: gives the sentence of what went wrong.
asio::awaitable<std::string> finish(takeout session, bool success) {
  try {
    co_await session.finish(success);
  } catch (const std::system_error& failed) {
    co_return std::string("the takeout could not be finished: ") + failed.what();
  }
  co_return std::string();
}

[[noreturn]] void rethrow(const std::exception_ptr& thrown, const std::string& left_open) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::system_error& failed) {
    if (left_open.empty()) throw;
    throw error(failed.code(), std::string(failed.what()) + "; " + left_open);
  }
}

asio::awaitable<report> fetch_in_takeout(client* of, std::int64_t largest, fetcher fetch) {
  takeout session = co_await begin_takeout(*of, largest);
  report done;
  std::exception_ptr thrown;
  try {
    done = co_await fetch(source_of(*of, session.id()));
  } catch (const std::exception&) {  // a callback's own as well
    thrown = std::current_exception();
  }
  // Also when it was cancelled: the session is finished first.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const std::string left_open = co_await finish(session, !thrown && done.ok());
  if (thrown) rethrow(thrown, left_open);
  if (!left_open.empty()) done.notes.push_back(left_open);
  co_return done;
}

}  // namespace

transfer::source source_of(client& client, std::optional<std::int64_t> takeout) {
  transfer::source from = transfer::client_source(client, takeout);
  from.refresh = [of = &client, takeout](std::vector<media> lapsed) {
    invoke_options how;
    how.takeout = takeout;
    how.wait_for_floods = false;  // the transfer waits, and says so
    return refresh(*of, std::move(lapsed), how);
  };
  return from;
}

asio::awaitable<report> fetch_from(client& of, bool in_takeout, std::int64_t largest,
                                   fetcher fetch) {
  if (in_takeout) return fetch_in_takeout(&of, largest, std::move(fetch));
  return fetch(source_of(of));
}

}  // namespace mtfetch
