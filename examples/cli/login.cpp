// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include "examples/cli/commands.hpp"
#include "examples/cli/settings.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

std::string answer_or_fail(std::optional<std::string> answer, const char* what,
                           const char* variable) {
  if (answer && !answer->empty()) return std::move(*answer);
  throw error(client_errc::bad_config,
              fmt::format("No {} was given: answer the question or set {}", what, variable));
}

// The variable's value at the first asking; after that it was wrong and a person must answer.
std::string secret(const char* variable, const char* what, bool first) {
  if (auto value = environment(variable); first && value) return std::move(*value);
  return answer_or_fail(ask_secret(fmt::format("{}:", what)), what, variable);
}

std::string route_text(const sent_code& sent) {
  switch (sent.route) {
    case code_route::app:
      return "in Telegram, on another device that is signed in";
    case code_route::sms:
      return "by SMS";
    case code_route::call:
      return "by a phone call";
    case code_route::flash_call:
    case code_route::missed_call:
      return "as the number of a missed call";
    case code_route::email:
      return "by e-mail to " + printable(sent.hint);
    case code_route::fragment:
      return "at fragment.com";
    case code_route::word:
    case code_route::phrase:
      return "by SMS, as words";
    case code_route::email_setup:
    case code_route::firebase:
    case code_route::unknown:
      break;
  }
  return "by a way that only Telegram's own apps can use";
}

asio::awaitable<void> sign_in_person(client& client) {
  auto phone = environment("MTFETCH_PHONE");
  if (!phone) phone = ask("Phone number, with the country's code:");
  const std::string number = answer_or_fail(std::move(phone), "phone number", "MTFETCH_PHONE");
  sent_code sent = co_await client.request_code(number);
  if (sent.already_signed_in) co_return;
  fmt::print(stderr, "The code was sent {}.\n", route_text(sent));

  bool first_password = true;
  const std::string first_code = secret("MTFETCH_CODE", "Code", true);
  sign_in_step step = co_await client.submit_code(sent, first_code);
  while (!step.done()) {
    switch (step.what) {
      case sign_in_step::kind::done:
        break;
      case sign_in_step::kind::wrong_code: {
        fmt::print(stderr, "That code is wrong.\n");
        const std::string code = secret("MTFETCH_CODE", "Code", false);
        step = co_await client.submit_code(sent, code);
        break;
      }
      case sign_in_step::kind::code_expired:
        throw error(std::error_code(400, rpc_category()),
                    "The code has expired: run `mtfetch login` again for a new one");
      case sign_in_step::kind::sign_up_required:
        throw error(std::error_code(400, rpc_category()),
                    "This number has no Telegram account: make one in a Telegram app first");
      case sign_in_step::kind::wrong_password:
        fmt::print(stderr, "That password is wrong.\n");
        first_password = false;
        [[fallthrough]];
      case sign_in_step::kind::password_needed: {
        if (!step.password_hint.empty()) {
          fmt::print(stderr, "Hint: {}\n", printable(step.password_hint));
        }
        const std::string password =
            secret("MTFETCH_PASSWORD", "Two-step verification password", first_password);
        step = co_await client.submit_password(password);
        break;
      }
    }
  }
}

}  // namespace

void need_login(const client& client) {
  if (!client.signed_in()) throw error(client_errc::not_signed_in, "Not signed in");
}

asio::awaitable<outcome> login(client& client, login_request request, std::string bot_token) {
  if (client.signed_in()) {
    fmt::print("Signed in already, as {} {}.\n", client.is_bot() ? "bot" : "user",
               client.user_id());
    co_return outcome::done;
  }
  if (request.bot || !bot_token.empty()) {
    if (bot_token.empty()) {
      bot_token = answer_or_fail(ask_secret("Bot token (from @BotFather):"), "bot token",
                                 "MTFETCH_BOT_TOKEN");
    }
    co_await client.sign_in_bot(bot_token);
  } else {
    co_await sign_in_person(client);
  }
  if (request.json) {
    print_event(fmt::format(R"({{"event":"signed_in","user_id":{},"bot":{},"dc":{}}})",
                            client.user_id(), client.is_bot(), client.home_dc()));
  } else {
    fmt::print("Signed in as {} {}, on DC {}.\n", client.is_bot() ? "bot" : "user",
               client.user_id(), client.home_dc());
  }
  co_return outcome::done;
}

}  // namespace mtfetch::cli
