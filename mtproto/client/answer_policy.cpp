// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/answer_policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mtfetch::client_impl {
namespace {

using namespace std::string_view_literals;

constexpr std::array moves_call = {"FILE_MIGRATE"sv, "STATS_MIGRATE"sv};
constexpr std::array moves_home = {"PHONE_MIGRATE"sv, "NETWORK_MIGRATE"sv, "USER_MIGRATE"sv};
constexpr std::array floods = {"FLOOD_WAIT"sv, "FLOOD_PREMIUM_WAIT"sv, "FLOOD_TEST_PHONE_WAIT"sv};

// Errors that end a login, and what they mean for the person whose login it was.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> ends_login = {{
    {"AUTH_KEY_UNREGISTERED", "it was ended, from another device or by Telegram"},
    {"AUTH_KEY_INVALID", "its key is no longer valid"},
    {"AUTH_KEY_DUPLICATED", "its key was used from two places at once, so Telegram ended it"},
    {"SESSION_REVOKED", "it was ended from another device"},
    {"SESSION_EXPIRED", "it has expired"},
    {"USER_DEACTIVATED", "the account was deleted"},
    {"USER_DEACTIVATED_BAN", "the account was banned"},
}};

// They change something, charge or press a button, whatever their verb is.
constexpr std::array no_readers = {
    "account.getTmpPassword"sv,
    "channels.searchPosts"sv,
    "contacts.getLocated"sv,
    "ephemeral.getCallbackAnswer"sv,
    "messages.checkUrlAuthMatchCode"sv,
    "messages.getBotCallbackAnswer"sv,
    "messages.getInlineBotResults"sv,
    "messages.getMessagesViews"sv,
    "payments.getStarGiftWithdrawalUrl"sv,
    "payments.getStarsRevenueWithdrawalUrl"sv,
    "payments.resolveStarGiftOffer"sv,
    "phone.getGroupCallStreamRtmpUrl"sv,
};

constexpr std::chrono::milliseconds first_retry{500};
constexpr std::chrono::milliseconds longest_retry{16000};

bool one_of(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::chrono::milliseconds after_server_error(int earlier) {
  return std::min(longest_retry, first_retry * (1 << std::min(earlier, 10)));
}

}  // namespace

std::string_view why_login_is_over(const rpc_failure& failure) {
  for (const auto& [name, meaning] : ends_login) {
    if (failure.is(name)) return meaning;
  }
  return {};
}

reaction react(const rpc_failure& failure, const call_facts& facts) {
  const int number = failure.argument.value_or(0);
  if (failure.code == 303 && number > 0) {
    if (one_of(moves_call, failure.type)) return ask_elsewhere{number};
    if (one_of(moves_home, failure.type)) return move_home{number};
  }
  if (failure.code == 420 && one_of(floods, failure.type)) {
    const std::chrono::seconds wait(std::max(number, 0));
    if (facts.wait_for_floods && wait <= facts.flood_wait_limit) return repeat_after{wait};
    return give_up{};
  }
  if (failure.code >= 500 || failure.code < 0) {
    if (facts.repeatable) return repeat_after{after_server_error(facts.server_errors)};
    return give_up{};
  }
  if (!why_login_is_over(failure).empty()) {
    const bool duplicated = failure.is("AUTH_KEY_DUPLICATED");
    if (facts.dc != facts.home_dc && facts.signed_in) {
      if (duplicated || failure.is("AUTH_KEY_INVALID")) return replace_key{};
      return import_again{};
    }
    if (facts.signed_in) return login_over{duplicated || failure.is("AUTH_KEY_INVALID")};
    if (failure.is("AUTH_KEY_UNREGISTERED")) return sign_in_first{};
  }
  return give_up{};
}

bool only_reads(std::string_view method) {
  const std::size_t dot = method.find('.');
  const std::string_view name = dot == std::string_view::npos ? method : method.substr(dot + 1);
  constexpr std::array verbs = {"get"sv, "resolve"sv, "search"sv, "check"sv};
  // auth.check... tries a password or a code: each try counts.
  if (method.starts_with("auth.") || one_of(no_readers, method)) return false;
  return std::ranges::any_of(verbs, [&](std::string_view verb) { return name.starts_with(verb); });
}

bool needs_no_login(std::string_view method) {
  return method.starts_with("auth.") || method.starts_with("help.get");
}

}  // namespace mtfetch::client_impl
