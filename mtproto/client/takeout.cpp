// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/takeout.hpp>

#include <mtfetch/api/account.hpp>
#include <mtfetch/client.hpp>
#include <mtfetch/instant.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <array>
#include <ctime>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace mtfetch {
namespace {

constexpr std::chrono::seconds finish_deadline{10};
// Who cancels waits so long for the answer that says which session is to be finished.
constexpr std::chrono::seconds patience{5};

std::string in_words(std::chrono::seconds wait) {
  using namespace std::chrono;
  const auto whole_hours = duration_cast<hours>(wait);
  const auto whole_minutes = duration_cast<minutes>(wait - whole_hours);
  if (whole_hours.count() > 0) {
    return std::to_string(whole_hours.count()) + " h " + std::to_string(whole_minutes.count()) +
           " min";
  }
  if (whole_minutes.count() > 0) return std::to_string(whole_minutes.count()) + " min";
  return std::to_string(wait.count()) + " s";
}

std::string utc_after(std::chrono::seconds wait) {
  const std::time_t when =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + wait);
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&when, &parts) == nullptr) return "later";
  text[std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)] = '\0';
  return text.data();
}

// How account.initTakeoutSession ended: a coroutine of its own, since whoever waits for it may be
// cancelled and must learn nevertheless which session there is now.
struct asked_session {
  explicit asked_session(const asio::any_io_executor& executor) : bell(executor) {}
  asio::steady_timer bell;
  asio::cancellation_signal give_up;
  bool over = false;
  std::int64_t id = 0;
  std::exception_ptr failed;
};

asio::awaitable<std::int64_t> ask_for_session(client* of, std::int64_t file_max_size) {
  api::account::initTakeoutSession ask;
  ask.files = true;
  ask.file_max_size = file_max_size;  // the same bit as `files`: never one without the other
  ask.message_channels = true;        // file references are read anew from there
  ask.message_megagroups = true;
  const api::account::takeout begun = co_await of->invoke(ask);
  co_return begun.id;
}

// Comes back when the call is over, at that time, or when the waiting coroutine is cancelled.
asio::awaitable<void> wait_for(std::shared_ptr<asked_session> asked, time_point until) {
  if (asked->over) co_return;
  asked->bell.expires_at(until);
  std::error_code woken;
  co_await asked->bell.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

// Gives what of it stays open, if anything, in a sentence.
asio::awaitable<std::string> finish_unwanted(takeout session) {
  try {
    co_await session.finish(false);
  } catch (const std::system_error& failed) {
    co_return std::string("Cancelled; the takeout could not be finished: ") + failed.what();
  }
  co_return std::string();
}

// Whether a call that failed so may have been run: only the server's own refusal says that not.
bool may_have_begun(const std::exception_ptr& failed) {
  try {
    std::rethrow_exception(failed);
  } catch (const rpc_error&) {
    return false;
  } catch (const std::system_error&) {
    return true;
  }
}

}  // namespace

takeout_delayed::takeout_delayed(std::chrono::seconds wait)
    : error(std::error_code(420, rpc_category()),
            "Telegram lets this takeout begin in " + in_words(wait) + ", at " + utc_after(wait) +
                ". It has told your other devices of it: confirm it there, or ask again then"),
      wait_(wait) {}

void check_takeout(const client& client) {
  if (!client.is_bot()) return;
  throw error(client_errc::not_for_bots,
              "A takeout is for the accounts of people, and a bot is signed in");
}

asio::awaitable<takeout> begin_takeout(client& client, std::int64_t file_max_size) {
  check_takeout(client);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto asked = std::make_shared<asked_session>(executor);
  auto over = [asked](std::exception_ptr failed, std::int64_t id) {
    asked->over = true;
    asked->id = id;
    asked->failed = std::move(failed);
    asked->bell.cancel();
  };
  asio::co_spawn(executor, ask_for_session(&client, file_max_size),
                 asio::bind_cancellation_slot(asked->give_up.slot(), std::move(over)));
  co_await wait_for(asked, no_deadline);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() == asio::cancellation_type::none) {
    std::optional<std::chrono::seconds> delay;
    try {
      if (asked->failed) std::rethrow_exception(asked->failed);
    } catch (const rpc_error& refused) {
      if (!refused.is("TAKEOUT_INIT_DELAY")) throw;
      delay = std::chrono::seconds(refused.failure().argument.value_or(0));
    }
    if (delay) throw takeout_delayed(*delay);
    co_return takeout(client, asked->id);
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await wait_for(asked, std::chrono::steady_clock::now() + patience);
  if (!asked->over) {
    asked->give_up.emit(asio::cancellation_type::terminal);
    co_await wait_for(asked, no_deadline);
  }
  std::string left_open;
  if (!asked->failed) {
    takeout session(client, asked->id);
    left_open = co_await finish_unwanted(std::move(session));
  } else if (may_have_begun(asked->failed)) {
    left_open = "Cancelled before Telegram said whether the takeout had begun: it may be open";
  }
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  if (!left_open.empty()) throw error(asio::error::operation_aborted, left_open);
  throw std::system_error(asio::error::operation_aborted);
}

asio::awaitable<void> takeout::finish(bool success) {
  api::account::finishTakeoutSession tell;
  tell.success = success;
  invoke_options options;
  options.takeout = id_;
  options.deadline = finish_deadline;
  options.repeatable = true;  // what was done already is refused, and no harm
  try {
    co_await of_->invoke(tell, options);
  } catch (const rpc_error& refused) {
    if (!refused.is("TAKEOUT_INVALID") && !refused.is("TAKEOUT_REQUIRED")) throw;
  }
}

}  // namespace mtfetch
