// SPDX-License-Identifier: BSL-1.0
#include "tests/client/cluster_fixture.hpp"

#include <mtfetch/api/users.hpp>

using namespace mtfetch;
using namespace mtfetch::client_test;

using signing_in = cluster_fixture;
using kind = sign_in_step::kind;

TEST_F(signing_in, takes_a_bot_token_and_remembers) {
  with_bot([](client& user) -> asio::awaitable<void> {
    EXPECT_TRUE(user.is_bot());
    EXPECT_EQ(user.user_id(), 4242);
    co_return;
  });
  with_client([](client& user) -> asio::awaitable<void> {
    EXPECT_TRUE(user.signed_in());
    EXPECT_EQ(user.user_id(), 4242);
    api::users::getUsers ask;
    ask.id.push_back(api::inputUserSelf());
    const auto users = co_await user.invoke(ask);
    EXPECT_EQ(users.size(), 1u);
  });
}

TEST_F(signing_in, says_nothing_of_a_wrong_token) {
  with_client([](client& user) -> asio::awaitable<void> {
    std::string token = "4242:another-secret";
    const thrown said = co_await error_of(user.sign_in_bot(token));
    EXPECT_TRUE(said.failure && said.failure->type.starts_with("ACCESS_TOKEN")) << said.sentence;
    EXPECT_EQ(said.sentence.find("another-secret"), std::string::npos);
    EXPECT_FALSE(user.signed_in());
  });
}

TEST_F(signing_in, takes_phone_and_code_after_a_wrong_one) {
  with_client([](client& user) -> asio::awaitable<void> {
    std::string phone = plain_phone;
    const sent_code sent = co_await user.request_code(phone);
    EXPECT_EQ(sent.route, code_route::app);
    EXPECT_EQ(sent.length, 5);
    EXPECT_EQ(sent.next, code_route::sms);
    EXPECT_EQ(sent.resend_after, std::chrono::seconds(60));
    std::string wrong = "54321";
    const sign_in_step first = co_await user.submit_code(sent, wrong);
    EXPECT_EQ(first.what, kind::wrong_code);
    EXPECT_FALSE(user.signed_in());
    std::string right = "12345";
    const sign_in_step second = co_await user.submit_code(sent, right);
    EXPECT_TRUE(second.done());
    EXPECT_TRUE(user.signed_in());
    EXPECT_FALSE(user.is_bot());
  });
}

TEST_F(signing_in, has_a_code_sent_again_by_the_next_way) {
  with_client([](client& user) -> asio::awaitable<void> {
    std::string phone = plain_phone;
    const sent_code first = co_await user.request_code(phone);
    const sent_code second = co_await user.resend_code(first);
    EXPECT_EQ(second.route, code_route::sms);
    EXPECT_EQ(second.phone, plain_phone);
    std::string code = "12345";
    const sign_in_step old = co_await user.submit_code(first, code);
    EXPECT_EQ(old.what, kind::code_expired);
    const sign_in_step done = co_await user.submit_code(second, code);
    EXPECT_TRUE(done.done());
  });
}

TEST_F(signing_in, asks_for_the_password_until_it_is_right) {
  with_client([](client& user) -> asio::awaitable<void> {
    std::string phone = guarded_phone;
    const sent_code sent = co_await user.request_code(phone);
    std::string code = "12345";
    const sign_in_step asked = co_await user.submit_code(sent, code);
    EXPECT_TRUE(asked.needs_password());
    std::string wrong = "battery staple";
    const sign_in_step refused = co_await user.submit_password(wrong);
    EXPECT_EQ(refused.what, kind::wrong_password);
    EXPECT_FALSE(user.signed_in());
    std::string right = guarded_password;
    const sign_in_step done = co_await user.submit_password(right);
    EXPECT_TRUE(done.done());
    EXPECT_TRUE(user.signed_in());
  });
}

TEST_F(signing_in, fetches_a_password_check_that_went_stale_again) {
  fault(error_answer(400, "SRP_ID_INVALID"), "auth.checkPassword");
  with_client([](client& user) -> asio::awaitable<void> {
    std::string phone = guarded_phone;
    const sent_code sent = co_await user.request_code(phone);
    std::string code = "12345";
    co_await user.submit_code(sent, code);
    std::string right = guarded_password;
    const sign_in_step done = co_await user.submit_password(right);
    EXPECT_TRUE(done.done());
  });
  EXPECT_EQ(calls("account.getPassword"), 3u);  // once for the hint
}

TEST_F(signing_in, follows_the_account_to_its_data_centre) {
  with_client([](client& user) -> asio::awaitable<void> {
    std::string phone = distant_phone;
    const sent_code sent = co_await user.request_code(phone);
    EXPECT_EQ(user.home_dc(), 4);
    std::string code = "12345";
    const sign_in_step done = co_await user.submit_code(sent, code);
    EXPECT_TRUE(done.done());
  });
  with_client([](client& user) -> asio::awaitable<void> {
    EXPECT_EQ(user.home_dc(), 4);
    EXPECT_TRUE(user.signed_in());
    co_return;
  });
}

TEST_F(signing_in, knows_a_number_without_an_account) {
  with_client([](client& user) -> asio::awaitable<void> {
    std::string phone = "99966299999";
    const thrown said = co_await error_of(user.request_code(phone));
    EXPECT_TRUE(said.failure && said.failure->is("PHONE_NUMBER_INVALID")) << said.sentence;
  });
}

TEST_F(signing_in, leaves_nothing_behind_after_log_out) {
  with_bot([](client& user) -> asio::awaitable<void> {
    cached_peer peer;
    peer.id = 1;
    peer.username = "somebody";
    user.peers().remember(peer);
    EXPECT_TRUE(user.peers().find("somebody"));
    co_await user.log_out();
    EXPECT_FALSE(user.signed_in());
    EXPECT_FALSE(user.peers().find("somebody"));
    api::users::getUsers ask;
    ask.id.push_back(api::inputUserSelf());
    const thrown said = co_await error_of(user.invoke(ask));
    EXPECT_EQ(said.code, client_errc::not_signed_in);
    // The same client can sign in anew.
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    EXPECT_TRUE(user.signed_in());
  });
  EXPECT_EQ(calls("auth.logOut"), 1u);
}
