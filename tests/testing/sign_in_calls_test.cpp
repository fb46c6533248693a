// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/srp.hpp"
#include "tests/testing/call_rig.hpp"

namespace mtfetch::testing {
namespace {

namespace auth = api::auth;

auth::sendCode code_for(std::string phone) {
  auth::sendCode ask;
  ask.phone_number = std::move(phone);
  ask.api_id = 1;
  ask.api_hash = "hash";
  return ask;
}

auth::signIn sign_in_with(std::string phone, std::string hash, std::string code) {
  auth::signIn ask;
  ask.phone_number = std::move(phone);
  ask.phone_code_hash = std::move(hash);
  ask.phone_code = std::move(code);
  return ask;
}

std::string hash_of(const auth::SentCode& sent) {
  return sent.as<auth::sentCode>().phone_code_hash;
}

auth::checkPassword password_answer(call_rig& rig, std::string_view password) {
  const auto facts = rig.result_of(api::account::getPassword{});
  const auto& algorithm =
      facts.current_algo
          ->as<api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow>();
  crypto::srp_params params;
  params.salt1.assign(algorithm.salt1.view().begin(), algorithm.salt1.view().end());
  params.salt2.assign(algorithm.salt2.view().begin(), algorithm.salt2.view().end());
  params.g = algorithm.g;
  params.p.assign(algorithm.p.view().begin(), algorithm.p.view().end());
  const auto answer = crypto::answer_srp(password, params, *facts.srp_B, seeded(8));
  EXPECT_TRUE(answer);
  api::inputCheckPasswordSRP given;
  given.srp_id = *facts.srp_id;
  given.A = shared_bytes::copy(answer->a);
  given.M1 = shared_bytes::copy(answer->m1);
  auth::checkPassword ask;
  ask.password = std::move(given);
  return ask;
}

TEST(sign_in_calls, take_a_phone_and_its_code) {
  call_rig rig;
  const auto sent = rig.result_of(code_for("+1 (555) 0001"));
  const std::string hash = hash_of(sent);
  EXPECT_EQ(rig.error_of(sign_in_with("15550001", hash, "99999")), "400 PHONE_CODE_INVALID");
  EXPECT_EQ(rig.error_of(sign_in_with("15550001", hash, "")), "400 PHONE_CODE_EMPTY");
  EXPECT_EQ(rig.error_of(sign_in_with("15550001", "none", "12345")), "400 PHONE_CODE_EXPIRED");
  const auto done = rig.result_of(sign_in_with("15550001", hash, "12345"));
  ASSERT_TRUE(done.is<auth::authorization>());
  EXPECT_EQ(rig.key->allowed.account, rig.person().id);
  EXPECT_TRUE(done.as<auth::authorization>().user.as<api::user>().self);
  EXPECT_EQ(rig.error_of(sign_in_with("15550001", hash, "12345")), "400 PHONE_CODE_EXPIRED")
      << "a code is good once";
}

TEST(sign_in_calls, end_a_code_after_five_wrong_tries) {
  call_rig rig;
  const std::string hash = hash_of(rig.result_of(code_for("15550001")));
  for (int i = 0; i < 5; ++i) rig.error_of(sign_in_with("15550001", hash, "0"));
  EXPECT_EQ(rig.error_of(sign_in_with("15550001", hash, "12345")), "400 PHONE_CODE_EXPIRED");
}

TEST(sign_in_calls, send_again_and_cancel) {
  call_rig rig;
  auth::resendCode again;
  again.phone_number = "15550001";
  again.phone_code_hash = hash_of(rig.result_of(code_for("15550001")));
  const std::string second = hash_of(rig.result_of(again));
  EXPECT_NE(second, again.phone_code_hash);
  auth::cancelCode cancel;
  cancel.phone_number = "15550001";
  cancel.phone_code_hash = second;
  EXPECT_TRUE(rig.result_of(cancel));
  EXPECT_EQ(rig.error_of(cancel), "400 PHONE_CODE_EXPIRED");
  EXPECT_EQ(rig.error_of(sign_in_with("15550001", second, "12345")), "400 PHONE_CODE_EXPIRED");
}

TEST(sign_in_calls, refuse_numbers_that_are_none_and_strangers) {
  call_rig rig;
  EXPECT_EQ(rig.error_of(code_for("hello")), "400 PHONE_NUMBER_INVALID");
  EXPECT_EQ(rig.error_of(code_for("")), "400 PHONE_NUMBER_INVALID");
  EXPECT_EQ(rig.error_of(code_for("19998887")), "400 PHONE_NUMBER_INVALID");
}

TEST(sign_in_calls, send_accounts_home) {
  call_rig rig;
  EXPECT_EQ(rig.error_of(code_for("15550003")), "303 PHONE_MIGRATE_1");
  auth::importBotAuthorization ask;
  ask.bot_auth_token = "778:robot";
  EXPECT_EQ(rig.error_of(ask), "303 USER_MIGRATE_1");
}

TEST(sign_in_calls, ask_for_the_password_where_there_is_one) {
  call_rig rig;
  EXPECT_EQ(rig.error_of(api::account::getPassword{}), "401 AUTH_KEY_UNREGISTERED");
  const std::string hash = hash_of(rig.result_of(code_for("15550002")));
  EXPECT_EQ(rig.error_of(sign_in_with("15550002", hash, "24680")), "401 SESSION_PASSWORD_NEEDED");
  EXPECT_EQ(rig.error_of(api::updates::getState{}), "401 AUTH_KEY_UNREGISTERED")
      << "not signed in before the password";
  EXPECT_EQ(rig.error_of(password_answer(rig, "wrong")), "400 PASSWORD_HASH_INVALID");
  auth::checkPassword empty;
  empty.password = api::inputCheckPasswordEmpty();
  EXPECT_EQ(rig.error_of(empty), "400 PASSWORD_HASH_INVALID");
  const auth::checkPassword right = password_answer(rig, "secret words");
  const auto done = rig.result_of(right);
  EXPECT_TRUE(done.is<auth::authorization>());
  EXPECT_EQ(rig.key->allowed.account, rig.careful_person().id);
}

TEST(sign_in_calls, take_each_srp_id_once) {
  call_rig rig;
  rig.key->allowed.awaiting_password = rig.careful_person().id;
  const auth::checkPassword first = password_answer(rig, "wrong");
  EXPECT_EQ(rig.error_of(first), "400 PASSWORD_HASH_INVALID");
  EXPECT_EQ(rig.error_of(first), "400 SRP_ID_INVALID");
}

TEST(sign_in_calls, sign_up_where_that_is_allowed) {
  cluster_options options;
  options.sign_up = true;
  call_rig rig(options);
  const std::string hash = hash_of(rig.result_of(code_for("19998887")));
  auth::signUp ask;
  ask.phone_number = "19998887";
  ask.phone_code_hash = hash;
  ask.first_name = "New";
  EXPECT_EQ(rig.error_of(ask), "400 PHONE_CODE_EXPIRED") << "the code was not given yet";
  const auto step = rig.result_of(sign_in_with("19998887", hash, "12345"));
  EXPECT_TRUE(step.is<auth::authorizationSignUpRequired>());
  const auto done = rig.result_of(ask);
  EXPECT_EQ(done.as<auth::authorization>().user.as<api::user>().first_name, "New");
  ASSERT_NE(rig.content.people.find_phone("19998887"), nullptr);
}

TEST(sign_in_calls, know_bots_by_their_tokens) {
  call_rig rig;
  auth::importBotAuthorization ask;
  ask.bot_auth_token = "777:wrong";
  EXPECT_EQ(rig.error_of(ask), "400 ACCESS_TOKEN_INVALID");
  ask.bot_auth_token = "";
  EXPECT_EQ(rig.error_of(ask), "400 ACCESS_TOKEN_INVALID");
  ask.bot_auth_token = "777:robot";
  const auto done = rig.result_of(ask);
  const auto& user = done.as<auth::authorization>().user.as<api::user>();
  EXPECT_TRUE(user.bot);
  EXPECT_EQ(user.id, 777);
}

TEST(sign_in_calls, want_the_right_api_id_where_one_is_set) {
  cluster_options options;
  options.api_id = 5;
  options.api_hash = "right";
  call_rig rig(options);
  EXPECT_EQ(rig.error_of(code_for("15550001")), "400 API_ID_INVALID");
  auth::sendCode ask = code_for("15550001");
  ask.api_id = 5;
  ask.api_hash = "right";
  EXPECT_EQ(rig.error_of(ask), "");
}

TEST(sign_in_calls, log_out_for_good) {
  call_rig rig;
  rig.be(rig.person());
  EXPECT_EQ(rig.error_of(api::updates::getState{}), "");
  rig.result_of(auth::logOut{});
  EXPECT_EQ(rig.error_of(api::updates::getState{}), "401 AUTH_KEY_UNREGISTERED");
}

TEST(authorization_calls, take_an_account_to_another_data_centre) {
  call_rig rig;
  rig.be(rig.person());
  auth::exportAuthorization ask;
  ask.dc_id = 2;
  EXPECT_EQ(rig.error_of(ask), "400 DC_ID_INVALID") << "this one";
  ask.dc_id = 9;
  EXPECT_EQ(rig.error_of(ask), "400 DC_ID_INVALID");
  ask.dc_id = 1;
  const auto exported = rig.result_of(ask);
  EXPECT_EQ(exported.id, rig.person().id);

  call_runner other(rig.content, rig.methods, rig.keys, 1);
  rig.be_nobody();
  auth::importAuthorization take;
  take.id = exported.id;
  take.bytes = exported.bytes;
  EXPECT_EQ(rig.error_of(take), "400 AUTH_BYTES_INVALID") << "meant for another data centre";
}

}  // namespace
}  // namespace mtfetch::testing
