// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/takeout.hpp>

#include <mtfetch/api/account.hpp>
#include <mtfetch/client.hpp>

#include <array>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

namespace mtfetch {
namespace {

constexpr std::chrono::seconds finish_deadline{10};

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
  api::account::initTakeoutSession ask;
  ask.files = true;
  ask.file_max_size = file_max_size;  // the same bit as `files`: never one without the other
  ask.message_channels = true;        // file references are read anew from there
  ask.message_megagroups = true;
  std::optional<std::chrono::seconds> delay;
  try {
    const api::account::takeout begun = co_await client.invoke(ask);
    co_return takeout(client, begun.id);
  } catch (const rpc_error& refused) {
    if (!refused.is("TAKEOUT_INIT_DELAY")) throw;
    delay = std::chrono::seconds(refused.failure().argument.value_or(0));
  }
  throw takeout_delayed(*delay);
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
