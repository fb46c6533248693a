// SPDX-License-Identifier: BSL-1.0
// Phone, code, password and bot token. https://core.telegram.org/api/auth
#include <algorithm>
#include <array>
#include <mtfetch/api/account.hpp>
#include <mtfetch/api/auth.hpp>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/objects.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::testing {

namespace {

namespace auth = api::auth;

bool is_phone(std::string_view text) {
  const std::string digits = phone_digits(text);
  const bool clean = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || c == '+' || c == ' ' || c == '-' || c == '(' || c == ')';
  });
  return clean && digits.size() >= 5 && digits.size() <= 15;
}

bool api_id_is_known(const caller& by, std::int32_t api_id, std::string_view api_hash) {
  const cluster_options& options = by.in.options;
  return options.api_id == 0 || (api_id == options.api_id && api_hash == options.api_hash);
}

refusal migrate(std::string_view what, int dc) {
  return {303, std::string(what) + "_MIGRATE_" + std::to_string(dc)};
}

std::int64_t random_number(caller& by) {
  std::array<std::uint8_t, 8> raw{};
  by.in.random(raw);
  return tl::reader(raw).i64();
}

auth::Authorization signed_in(caller& by, const account& who) {
  by.key.account = who.id;
  by.key.login = random_number(by);
  by.key.awaiting_password = 0;
  by.key.password_check.reset();
  by.key.changed = true;
  by.who = &who;
  auth::authorization done;
  done.user = user_object(by, who);
  return done;
}

auth::sentCode code_sent(const account* who, std::string hash) {
  auth::sentCodeTypeApp type;
  type.length = static_cast<std::int32_t>(who == nullptr ? 5 : who->code.size());
  auth::sentCode sent;
  sent.type = std::move(type);
  sent.phone_code_hash = std::move(hash);
  sent.next_type = auth::codeTypeSms();
  sent.timeout = 60;
  return sent;
}

outcome<auth::SentCode> send_code(caller& by, const auth::sendCode& asked) {
  if (!api_id_is_known(by, asked.api_id, asked.api_hash)) return bad_request("API_ID_INVALID");
  if (!is_phone(asked.phone_number)) return bad_request("PHONE_NUMBER_INVALID");
  const account* who = by.in.people.find_phone(asked.phone_number);
  if (who == nullptr && !by.in.options.sign_up) return bad_request("PHONE_NUMBER_INVALID");
  if (who != nullptr && who->home_dc != by.dc) return migrate("PHONE", who->home_dc);
  return auth::SentCode(
      code_sent(who, by.in.codes.send(phone_digits(asked.phone_number), by.unix_time)));
}

outcome<auth::SentCode> resend_code(caller& by, const auth::resendCode& asked) {
  const std::string phone = phone_digits(asked.phone_number);
  if (by.in.codes.find(asked.phone_code_hash, phone, by.unix_time) == nullptr) {
    return bad_request("PHONE_CODE_EXPIRED");
  }
  by.in.codes.forget(asked.phone_code_hash);
  auth::sentCode sent =
      code_sent(by.in.people.find_phone(phone), by.in.codes.send(phone, by.unix_time));
  auth::sentCodeTypeSms type;
  type.length = 5;
  sent.type = std::move(type);
  sent.next_type.reset();
  return auth::SentCode(std::move(sent));
}

outcome<bool> cancel_code(caller& by, const auth::cancelCode& asked) {
  const std::string phone = phone_digits(asked.phone_number);
  if (by.in.codes.find(asked.phone_code_hash, phone, by.unix_time) == nullptr) {
    return bad_request("PHONE_CODE_EXPIRED");
  }
  by.in.codes.forget(asked.phone_code_hash);
  return true;
}

outcome<auth::Authorization> sign_in(caller& by, const auth::signIn& asked) {
  if (!is_phone(asked.phone_number)) return bad_request("PHONE_NUMBER_INVALID");
  if (!asked.phone_code || asked.phone_code->empty()) return bad_request("PHONE_CODE_EMPTY");
  const std::string phone = phone_digits(asked.phone_number);
  auto* sent = by.in.codes.find(asked.phone_code_hash, phone, by.unix_time);
  if (sent == nullptr) return bad_request("PHONE_CODE_EXPIRED");
  const account* who = by.in.people.find_phone(phone);
  const std::string expected = who == nullptr ? "12345" : who->code;
  if (*asked.phone_code != expected) {
    ++sent->wrong_tries;
    return bad_request("PHONE_CODE_INVALID");
  }
  if (who == nullptr) {
    sent->verified = true;
    return auth::Authorization(auth::authorizationSignUpRequired());
  }
  by.in.codes.forget(asked.phone_code_hash);
  if (!who->password.empty()) {
    by.key.awaiting_password = who->id;
    by.key.changed = true;
    return refusal{401, "SESSION_PASSWORD_NEEDED"};
  }
  return signed_in(by, *who);
}

outcome<auth::Authorization> sign_up(caller& by, const auth::signUp& asked) {
  const std::string phone = phone_digits(asked.phone_number);
  const auto* sent = by.in.codes.find(asked.phone_code_hash, phone, by.unix_time);
  if (sent == nullptr || !sent->verified) return bad_request("PHONE_CODE_EXPIRED");
  if (by.in.people.find_phone(phone) != nullptr) return bad_request("PHONE_NUMBER_OCCUPIED");
  if (asked.first_name.empty()) return bad_request("FIRSTNAME_INVALID");
  by.in.codes.forget(asked.phone_code_hash);
  const account& who = by.in.people.sign_up(phone, asked.first_name, asked.last_name);
  if (by.in.signed_up) by.in.signed_up(who);
  return signed_in(by, who);
}

// Whose password getPassword and checkPassword are about.
const account* password_owner(const caller& by) {
  const std::int64_t id = by.key.account != 0 ? by.key.account : by.key.awaiting_password;
  return id == 0 ? nullptr : by.in.people.find(id);
}

api::PasswordKdfAlgo algorithm(const crypto::srp_params& params) {
  api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow made;
  made.salt1 = params.salt1;
  made.salt2 = params.salt2;
  made.g = params.g;
  made.p = params.p;
  return made;
}

outcome<api::account::Password> get_password(caller& by, const api::account::getPassword&) {
  const account* who = password_owner(by);
  if (who == nullptr) return refusal{401, "AUTH_KEY_UNREGISTERED"};
  if (who->is_bot) return bad_request("BOT_METHOD_INVALID");
  const auto& facts = by.in.people.password_of(*who);
  api::account::password made;
  if (!who->password.empty()) {
    by.key.srp_id = random_number(by);
    by.key.password_check =
        std::make_shared<const crypto::srp_server>(facts.params, facts.verifier, by.in.random);
    made.has_password = true;
    made.current_algo = algorithm(facts.params);
    made.srp_B = shared_bytes::copy(by.key.password_check->b());
    made.srp_id = by.key.srp_id;
    made.hint = "the test password";
  }
  made.new_algo = algorithm(facts.params);
  made.new_secure_algo = api::securePasswordKdfAlgoUnknown();
  bytes noise(32);
  by.in.random(noise);
  made.secure_random = std::move(noise);
  return api::account::Password(std::move(made));
}

outcome<auth::Authorization> check_password(caller& by, const auth::checkPassword& asked) {
  const account* who = by.in.people.find(by.key.awaiting_password);
  if (by.key.awaiting_password == 0 || who == nullptr) {
    return refusal{401, "AUTH_KEY_UNREGISTERED"};
  }
  const auto* given = asked.password.get_if<api::inputCheckPasswordSRP>();
  if (given == nullptr) return bad_request("PASSWORD_HASH_INVALID");
  if (!by.key.password_check || given->srp_id != by.key.srp_id) {
    return bad_request("SRP_ID_INVALID");
  }
  // One try for each srp_B: the next one begins with account.getPassword.
  const auto check = std::exchange(by.key.password_check, nullptr);
  if (!check->check(given->A, given->M1)) return bad_request("PASSWORD_HASH_INVALID");
  return signed_in(by, *who);
}

outcome<auth::Authorization> import_bot(caller& by, const auth::importBotAuthorization& asked) {
  if (!api_id_is_known(by, asked.api_id, asked.api_hash)) return bad_request("API_ID_INVALID");
  const account* who = by.in.people.find_token(asked.bot_auth_token);
  if (who == nullptr) return bad_request("ACCESS_TOKEN_INVALID");
  if (who->home_dc != by.dc) return migrate("USER", who->home_dc);
  return signed_in(by, *who);
}

outcome<auth::loggedOut> log_out(caller& by, const auth::logOut&) {
  const std::int64_t login = by.key.login;
  by.key = authorization();
  by.key.changed = true;
  if (login != 0 && by.in.logged_out) by.in.logged_out(login);
  return auth::loggedOut();
}

}  // namespace

void add_sign_in_calls(method_table& table) {
  table.add<auth::sendCode>(may_call::anybody, send_code);
  table.add<auth::resendCode>(may_call::anybody, resend_code);
  table.add<auth::cancelCode>(may_call::anybody, cancel_code);
  table.add<auth::signIn>(may_call::anybody, sign_in);
  table.add<auth::signUp>(may_call::anybody, sign_up);
  table.add<api::account::getPassword>(may_call::anybody, get_password);
  table.add<auth::checkPassword>(may_call::anybody, check_password);
  table.add<auth::importBotAuthorization>(may_call::anybody, import_bot);
  table.add<auth::logOut>(may_call::signed_in, log_out);
}

}  // namespace mtfetch::testing
