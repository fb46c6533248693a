// SPDX-License-Identifier: BSL-1.0
// Temporary keys as a client uses them: made, bound and renewed over real sockets.
#include "tests/client/ask_for_myself.hpp"
#include "tests/client/bare_session.hpp"
#include "tests/client/cluster_fixture.hpp"

#include <mtfetch/api/upload.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>

using namespace mtfetch;
using namespace mtfetch::client_test;

namespace {

class forward_secrecy : public tests::local_data_centre {
 protected:
  forward_secrecy() {
    write_served("one.bin", tests::random_text(1000, 1));
    add_user(plain_phone);
    dc_options.cdn_dc = 203;
    start_cluster();
  }
  local_dc::statistics counted() { return cluster->dc().counted(); }

  static asio::awaitable<void> sign_in_person(client& user) {
    std::string phone = plain_phone;
    const sent_code sent = co_await user.request_code(phone);
    std::string code = "12345";
    const sign_in_step done = co_await user.submit_code(sent, code);
    EXPECT_TRUE(done.done());
  }
};

}  // namespace

TEST_F(forward_secrecy, gives_each_connection_a_key_of_its_own) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    EXPECT_EQ(counted().handshakes, 1u);
    EXPECT_EQ(counted().temporary_keys, 1u);
    EXPECT_EQ(calls("auth.bindTempAuthKey"), 1u);
    const auto over = co_await user.open_channel(2);
    const auto users = co_await over->invoke(myself());
    EXPECT_EQ(users.size(), 1u);
    EXPECT_EQ(counted().handshakes, 1u);
    EXPECT_EQ(counted().temporary_keys, 2u);
    EXPECT_EQ(calls("auth.bindTempAuthKey"), 2u);
  });
  EXPECT_EQ(counted().destroyed_keys, 0u) << "a server may take that for the login's end";
  // They are not in the session file: the next client makes another.
  with_client([](client& user) -> asio::awaitable<void> { co_await ask_for_myself(user); });
  EXPECT_EQ(counted().handshakes, 1u);
  EXPECT_EQ(counted().temporary_keys, 3u);
}

TEST_F(forward_secrecy, can_be_turned_off) {
  config how = settings();
  how.forward_secrecy = false;
  with_client(how, [this](client& user) -> asio::awaitable<void> {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    const auto over = co_await user.open_channel(2);
    const auto users = co_await over->invoke(myself());
    EXPECT_EQ(users.size(), 1u);
    over->close();
    co_await ask_for_myself(user);
    EXPECT_EQ(counted().destroyed_sessions, 1u) << "the main session ends the channel's";
  });
  EXPECT_EQ(counted().temporary_keys, 0u);
  EXPECT_EQ(calls("auth.bindTempAuthKey"), 0u);
}

TEST_F(forward_secrecy, makes_another_key_when_the_data_centre_forgot_it) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    cluster->dc().forget_temporary_keys();
    co_await ask_for_myself(user);
    EXPECT_TRUE(user.signed_in());
    EXPECT_EQ(counted().handshakes, 1u) << "the permanent key is not in doubt";
    EXPECT_EQ(counted().temporary_keys, 2u);
  });
}

TEST_F(forward_secrecy, binds_again_when_the_data_centre_forgot_that) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    fault(error_answer(401, "AUTH_KEY_PERM_EMPTY"), "users.getUsers");
    co_await ask_for_myself(user);
    EXPECT_EQ(calls("auth.bindTempAuthKey"), 2u);
    EXPECT_EQ(counted().temporary_keys, 1u);
    EXPECT_EQ(calls("CONNECTION_NOT_INITED"), 0u) << "the header comes again";
  });
}

TEST_F(forward_secrecy, keeps_its_key_when_only_the_connection_is_lost) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      cluster->dc().drop_connections();
      co_await ask_for_myself(user);
    }
    EXPECT_EQ(counted().temporary_keys, 1u);
    EXPECT_EQ(calls("auth.bindTempAuthKey"), 1u);
  });
}

TEST_F(forward_secrecy, destroys_the_permanent_keys_after_a_log_out) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    const auto over = co_await user.open_channel(4);
    const auto made = counted();
    EXPECT_EQ(made.handshakes, 2u);
    co_await user.log_out();
  });
  EXPECT_EQ(counted().destroyed_keys, 2u) << "temporary ones expire";
}

// A key is replaced as soon as it is made, for as long as calls are made: each is answered once.
TEST_F(forward_secrecy, renews_keys_under_calls_and_loses_none) {
  asio::io_context loop;
  const auto shared = environment_of(loop, settings());
  shared->rotation.renew_after_percent = 0;
  const auto session = session_on(shared);
  fault(local_dc::delay_answer{std::chrono::milliseconds(30)}, "help.getNearestDc", 0, 0, 0, 0.3);
  const auto ask_often = [&](int times) -> asio::awaitable<void> {
    for (int i = 0; i < times; ++i) co_await ask_nearest(session);
  };
  const auto all = [&]() -> asio::awaitable<void> {
    using namespace asio::experimental::awaitable_operators;
    co_await (ask_often(60) && ask_often(60) && ask_often(60));
  };
  net_test::run(loop, all(), std::chrono::seconds(60));
  EXPECT_EQ(calls("help.getNearestDc"), 180u) << "none was run twice";
  EXPECT_GE(counted().temporary_keys, 4u);
  EXPECT_EQ(counted().handshakes, 1u);
  client_impl::outcome over;
  over.failed = client_errc::stopped;
  session->stop(over);
  loop.run_for(std::chrono::seconds(5));
  EXPECT_EQ(counted().destroyed_keys, 0u);
}

TEST_F(forward_secrecy, renews_at_once_on_connecting_when_that_is_due) {
  asio::io_context loop;
  const auto shared = environment_of(loop, settings());
  shared->rotation.renew_after_percent = 0;
  shared->rotation.retry_first = std::chrono::hours(1);
  shared->rotation.retry_most = std::chrono::hours(1);
  const auto session = session_on(shared);
  const auto all = [&]() -> asio::awaitable<void> {
    // While a call waits under the first key there is a second one and no third.
    fault(local_dc::drop_answer{}, "help.getNearestDc");
    const auto unanswered = [&]() -> asio::awaitable<void> { co_await ask_nearest(session); };
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(loop, unanswered(),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&ended](const std::exception_ptr&) { ended = true; }));
    const auto keyed = [&] { return session->session_id() != 0; };
    co_await until(keyed);
    const auto first = session->session_id();
    const auto renewed = [&] { return session->session_id() != first; };
    co_await until(renewed);
    cluster->dc().drop_connections();
    const auto unconnected = [&] { return !session->connected(); };
    co_await until(unconnected);
    cancel.emit(asio::cancellation_type::terminal);
    const auto cancelled = [&] { return ended; };
    co_await until(cancelled);
    EXPECT_EQ(counted().temporary_keys, 2u);
    co_await ask_nearest(session);
    const auto renewed_again = [&] { return counted().temporary_keys > 2; };
    co_await until(renewed_again);
  };
  net_test::run(loop, all(), std::chrono::seconds(60));
  session->stop(client_impl::failed(client_errc::stopped, ""));
  loop.run_for(std::chrono::seconds(5));
}

TEST_F(forward_secrecy, lets_a_key_take_its_last_answers_before_it_goes) {
  asio::io_context loop;
  const auto shared = environment_of(loop, settings());
  shared->rotation.last_call = std::chrono::hours(48);  // each key is too old for a second call
  const auto session = session_on(shared);
  fault(local_dc::delay_answer{std::chrono::milliseconds(200)}, "help.getNearestDc");
  const auto all = [&]() -> asio::awaitable<void> {
    using namespace asio::experimental::awaitable_operators;
    const auto second = [&]() -> asio::awaitable<void> {
      const auto first_came = [&] { return calls("help.getNearestDc") == 1; };
      co_await until(first_came);
      co_await ask_nearest(session, false);
    };
    co_await (ask_nearest(session, false) && second());
  };
  net_test::run(loop, all(), std::chrono::seconds(60));
  EXPECT_EQ(calls("help.getNearestDc"), 2u);
  EXPECT_EQ(counted().temporary_keys, 2u);
  session->stop(client_impl::failed(client_errc::stopped, ""));
  loop.run_for(std::chrono::seconds(5));
}

TEST_F(forward_secrecy, says_so_when_no_binding_is_of_use) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    fault(error_answer(401, "AUTH_KEY_PERM_EMPTY"), "users.getUsers", 0, 0);
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_TRUE(said.failure && said.failure->is("AUTH_KEY_PERM_EMPTY")) << said.sentence;
    EXPECT_LE(calls("auth.bindTempAuthKey"), 4u);
    EXPECT_TRUE(user.signed_in());
  });
}

TEST_F(forward_secrecy, reaches_a_cdn_with_keys_that_it_asks_for_once) {
  with_client([this](client& user) -> asio::awaitable<void> {
    co_await sign_in_person(user);
    const auto before = counted();
    for (int i = 0; i < 2; ++i) {
      const auto cdn = co_await user.open_channel(203);
      EXPECT_EQ(cdn->dc(), 203);
      const api::upload::getCdnFile ask;
      const thrown said = co_await error_of(cdn->invoke(ask));
      EXPECT_TRUE(said.failure && said.failure->is("FILE_TOKEN_INVALID")) << said.sentence;
      // Nobody is signed in there, and nothing else is served.
      const thrown other = co_await error_of(cdn->invoke(myself()));
      EXPECT_TRUE(other.failure && other.failure->is("CDN_METHOD_INVALID")) << other.sentence;
    }
    EXPECT_EQ(calls("help.getCdnConfig"), 1u);
    EXPECT_EQ(counted().handshakes, before.handshakes) << "no permanent key";
    EXPECT_EQ(counted().temporary_keys, before.temporary_keys + 2);
  });
}

TEST_F(forward_secrecy, says_that_bots_have_no_way_to_a_cdn) {
  with_bot([](client& user) -> asio::awaitable<void> {
    const thrown said = co_await error_of(user.open_channel(203));
    EXPECT_TRUE(said.failure && said.failure->is("BOT_METHOD_INVALID")) << said.sentence;
  });
}
