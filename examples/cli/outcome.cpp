// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/outcome.hpp"

#include <algorithm>
#include <array>
#include <asio/error.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/takeout.hpp>
#include <string>
#include <string_view>

namespace mtfetch::cli {
namespace {

// The server no longer accepts this login: only signing in again helps.
constexpr std::array<std::string_view, 6> login_lost = {
    "AUTH_KEY_UNREGISTERED", "AUTH_KEY_INVALID",     "SESSION_REVOKED",
    "SESSION_EXPIRED",       "USER_DEACTIVATED_BAN", "USER_DEACTIVATED"};

constexpr std::string_view sign_in_again =
    ". This login is no longer valid: run `mtfetch login` again";

// What reached a file's report is the number alone: there every 401 says that.
bool is_login_lost(std::error_code code) {
  return code.category() == rpc_category() && code.value() == 401;
}

outcome code_of(std::error_code code) {
  if (code == asio::error::operation_aborted || code == client_errc::cancelled) {
    return outcome::interrupted;
  }
  if (code.category() == transport_category() || code == client_errc::deadline ||
      code.category() == security_category() || code.category() == proxy_category()) {
    return outcome::network;
  }
  if (code == client_errc::not_signed_in || is_login_lost(code)) return outcome::not_signed_in;
  if (code == client_errc::bad_config || code == client_errc::not_for_bots ||
      code == link_errc::malformed || code == link_errc::not_telegram ||
      code == link_errc::unsupported || code == protocol_errc::bad_json) {
    return outcome::usage;
  }
  return outcome::failed;
}

std::string name_of(std::error_code code) {
  std::string_view category = code.category().name();
  if (category.starts_with("mtfetch.")) category.remove_prefix(8);
  return std::string(category) + ": " + code.message();
}

}  // namespace

verdict judge(std::error_code code, std::string sentence) {
  if (is_login_lost(code)) sentence += sign_in_again;
  return {code_of(code), std::move(sentence), name_of(code)};
}

verdict judge(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const takeout_delayed& e) {
    return {outcome::waits, e.what(), "TAKEOUT_INIT_DELAY_" + std::to_string(e.wait().count())};
  } catch (const rpc_error& e) {
    const bool lost = std::ranges::find(login_lost, e.failure().type) != login_lost.end();
    std::string sentence = e.what();
    if (lost) sentence += sign_in_again;
    const bool waits = e.failure().code == 420 && e.failure().argument;
    const outcome code = lost ? outcome::not_signed_in : waits ? outcome::waits : outcome::failed;
    return {code, sentence, e.failure().message};
  } catch (const std::system_error& e) {
    std::string sentence = e.what();
    if (e.code() == client_errc::not_signed_in) sentence += ". Run `mtfetch login` first";
    return judge(e.code(), std::move(sentence));
  }
}

}  // namespace mtfetch::cli
