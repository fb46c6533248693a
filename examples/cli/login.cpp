// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include "examples/cli/commands.hpp"
#include "examples/cli/settings.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

constexpr const char* password_name = "Two-step verification password";

std::string answer_or_fail(std::optional<std::string> answer, const char* what,
                           const char* variable) {
  if (answer && !answer->empty()) return std::move(*answer);
  throw error(client_errc::bad_config,
              fmt::format("No {} was given: answer the question or set {}", what, variable));
}

std::string secret(const char* variable, const char* what) {
  if (auto value = environment(variable)) return std::move(*value);
  return answer_or_fail(ask_secret(fmt::format("{}:", what)), what, variable);
}

// After a wrong answer only a person can give another one.
std::string secret_again(const char* what, const char* wrong) {
  if (!asks_a_person()) throw error(std::error_code(400, rpc_category()), wrong);
  fmt::print(stderr, "{}.\n", wrong);
  auto answer = ask_secret(fmt::format("{}:", what));
  if (!answer || answer->empty()) throw error(std::error_code(400, rpc_category()), wrong);
  return std::move(*answer);
}

void print_hint(const sign_in_step& step) {
  if (step.password_hint.empty()) return;
  fmt::print(stderr, "Hint for the password: {}\n", printable(step.password_hint));
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

  std::string answer = secret("MTFETCH_CODE", "Code");
  sign_in_step step = co_await client.submit_code(sent, answer);
  while (!step.done()) {
    switch (step.what) {
      case sign_in_step::kind::done:
        break;
      case sign_in_step::kind::wrong_code:
        answer = secret_again("Code", "The code is wrong");
        step = co_await client.submit_code(sent, answer);
        break;
      case sign_in_step::kind::code_expired:
        throw error(std::error_code(400, rpc_category()),
                    "The code has expired: run `mtfetch login` again for a new one");
      case sign_in_step::kind::sign_up_required:
        throw error(std::error_code(400, rpc_category()),
                    "This number has no Telegram account: make one in a Telegram app first");
      case sign_in_step::kind::wrong_password:
        print_hint(step);
        answer = secret_again(password_name, "The two-step verification password is wrong");
        step = co_await client.submit_password(answer);
        break;
      case sign_in_step::kind::password_needed:
        print_hint(step);
        answer = secret("MTFETCH_PASSWORD", password_name);
        step = co_await client.submit_password(answer);
        break;
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
