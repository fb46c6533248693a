// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/sign_in.hpp"

#include "mtproto/client/code_routes.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/srp.hpp"

#include <mtfetch/api/account.hpp>
#include <mtfetch/api/auth.hpp>

#include <optional>
#include <utility>

namespace mtfetch::client_impl {
namespace {

// The server's half of the password check changes when somebody else asks for it too.
constexpr int password_tries = 3;

byte_span writable(std::string& text) {
  return {reinterpret_cast<std::uint8_t*>(text.data()), text.size()};
}

// A secret that a coroutine was given by value: wiped when the coroutine ends, however it does.
class wiped {
 public:
  explicit wiped(std::string& text) : text_(text) {}
  ~wiped() { crypto::wipe(writable(text_)); }
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;

 private:
  std::string& text_;
};

sign_in_step step(sign_in_step::kind what) {
  sign_in_step out;
  out.what = what;
  return out;
}

// Takes what a successful sign-in gives. Nobody: the number has no account.
sign_in_step accept(client_state& client, const api::auth::Authorization& answer) {
  const auto* authorization = answer.get_if<api::auth::authorization>();
  if (!authorization) return step(sign_in_step::kind::sign_up_required);
  const auto* user = authorization->user.get_if<api::user>();
  if (!user || user->id == 0) {
    throw error(protocol_errc::bad_value, "Telegram signed in, but did not say whom");
  }
  client.signed_in_as(*user);
  return step(sign_in_step::kind::done);
}

sent_code read(client_state& client, const api::auth::SentCode& answer, std::string phone) {
  sent_code out;
  out.phone = std::move(phone);
  if (const auto* done = answer.get_if<api::auth::sentCodeSuccess>()) {
    out.already_signed_in = accept(client, done->authorization).done();
    return out;
  }
  const auto* code = answer.get_if<api::auth::sentCode>();
  if (!code) {
    throw error(client_errc::not_signed_in,
                "Telegram wants a payment before it sends a code to this number");
  }
  out.hash = code->phone_code_hash;
  describe_route(code->type, out);
  if (code->next_type) out.next = route_of(*code->next_type);
  if (code->timeout) out.resend_after = std::chrono::seconds(*code->timeout);
  return out;
}

asio::awaitable<sign_in_step> password_step(std::shared_ptr<client_state> client,
                                            sign_in_step::kind what) {
  const api::account::getPassword ask;
  const auto facts = co_await client->invoke(ask);
  sign_in_step out = step(what);
  out.password_hint = facts.hint.value_or("");
  co_return out;
}

// The proof that the password is known, for what account.getPassword said.
api::inputCheckPasswordSRP prove(const std::string& password, const api::account::password& facts,
                                 const random_source& random) {
  using algorithm = api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow;
  const algorithm* how = facts.current_algo ? facts.current_algo->get_if<algorithm>() : nullptr;
  if (!how || !facts.srp_B || !facts.srp_id) {
    throw error(security_errc::bad_srp_parameters,
                "the account's password check is of a kind that this version does not know");
  }
  const auto copy = [](const shared_bytes& from) {
    return bytes(from.view().begin(), from.view().end());
  };
  crypto::srp_params params;
  params.salt1 = copy(how->salt1);
  params.salt2 = copy(how->salt2);
  params.g = how->g;
  params.p = copy(how->p);
  const auto answer = crypto::answer_srp(password, params, *facts.srp_B, random);
  if (!answer) {
    throw error(answer.error(),
                "the server's parameters of the password check are not acceptable: " +
                    answer.error().message());
  }
  api::inputCheckPasswordSRP out;
  out.srp_id = *facts.srp_id;
  out.A = shared_bytes::copy(answer->a);
  out.M1 = shared_bytes::copy(answer->m1);
  return out;
}

}  // namespace

asio::awaitable<void> sign_in_bot(std::shared_ptr<client_state> client, std::string token) {
  const wiped guard(token);
  api::auth::importBotAuthorization ask;
  ask.api_id = client->shared()->settings.api_id;
  ask.api_hash = client->shared()->settings.api_hash;
  ask.bot_auth_token = token;
  const auto answer = co_await client->invoke(ask);
  if (!accept(*client, answer).done()) {
    throw error(client_errc::not_signed_in, "Telegram has no bot for this token");
  }
}

asio::awaitable<sent_code> request_code(std::shared_ptr<client_state> client, std::string phone) {
  api::auth::sendCode ask;
  ask.phone_number = phone;
  ask.api_id = client->shared()->settings.api_id;
  ask.api_hash = client->shared()->settings.api_hash;
  const auto answer = co_await client->invoke(ask);
  co_return read(*client, answer, std::move(phone));
}

asio::awaitable<sent_code> resend_code(std::shared_ptr<client_state> client, sent_code sent) {
  api::auth::resendCode ask;
  ask.phone_number = sent.phone;
  ask.phone_code_hash = sent.hash;
  const auto answer = co_await client->invoke(ask);
  co_return read(*client, answer, std::move(sent.phone));
}

asio::awaitable<sign_in_step> submit_code(std::shared_ptr<client_state> client, sent_code sent,
                                          std::string code) {
  api::auth::signIn ask;
  ask.phone_number = std::move(sent.phone);
  ask.phone_code_hash = std::move(sent.hash);
  ask.phone_code = std::move(code);
  std::optional<api::auth::Authorization> answer;
  sign_in_step::kind otherwise{};
  try {
    answer = co_await client->invoke(ask);
  } catch (const rpc_error& e) {
    if (e.is("SESSION_PASSWORD_NEEDED")) {
      otherwise = sign_in_step::kind::password_needed;
    } else if (e.is("PHONE_CODE_INVALID") || e.is("PHONE_CODE_EMPTY")) {
      otherwise = sign_in_step::kind::wrong_code;
    } else if (e.is("PHONE_CODE_EXPIRED")) {
      otherwise = sign_in_step::kind::code_expired;
    } else if (e.is("PHONE_NUMBER_UNOCCUPIED")) {
      otherwise = sign_in_step::kind::sign_up_required;
    } else {
      throw;
    }
  }
  if (answer) co_return accept(*client, *answer);
  if (otherwise != sign_in_step::kind::password_needed) co_return step(otherwise);
  sign_in_step asked = co_await password_step(std::move(client), otherwise);
  co_return asked;
}

asio::awaitable<sign_in_step> submit_password(std::shared_ptr<client_state> client,
                                              std::string password) {
  const wiped guard(password);
  for (int tries = 1;; ++tries) {
    const api::account::getPassword ask;
    const auto facts = co_await client->invoke(ask);
    api::auth::checkPassword check;
    check.password = prove(password, facts, client->shared()->random);
    std::optional<api::auth::Authorization> answer;
    try {
      answer = co_await client->invoke(check);
    } catch (const rpc_error& e) {
      const bool stale = e.is("SRP_ID_INVALID") || e.is("SRP_PASSWORD_CHANGED");
      if (!e.is("PASSWORD_HASH_INVALID") && (!stale || tries == password_tries)) throw;
      if (!stale) {
        sign_in_step wrong = step(sign_in_step::kind::wrong_password);
        wrong.password_hint = facts.hint.value_or("");
        co_return wrong;
      }
    }
    if (answer) co_return accept(*client, *answer);
  }
}

asio::awaitable<void> log_out(std::shared_ptr<client_state> client) {
  const api::auth::logOut ask;
  if (client->signed_in()) {
    try {
      co_await client->invoke(ask);
    } catch (const error& e) {
      // Over already is as good.
      if (e.code() != client_errc::not_signed_in) throw;
    }
  }
  co_await client->destroy_keys();
  client->logged_out();
}

}  // namespace mtfetch::client_impl
