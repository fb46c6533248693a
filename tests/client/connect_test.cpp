// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/session_store.hpp"
#include "tests/client/cluster_fixture.hpp"
#include "tests/client/meddle.hpp"

#include <mtfetch/api/auth.hpp>
#include <mtfetch/api/help.hpp>
#include <mtfetch/api/users.hpp>

#include <asio/ip/tcp.hpp>

using namespace mtfetch;
using namespace mtfetch::client_test;

using connecting = cluster_fixture;

namespace {

// connect() of a client with these settings, and what it throws.
thrown connect_fails(config settings) {
  asio::io_context loop;
  client user(loop.get_executor(), std::move(settings));
  thrown out;
  net_test::run(loop, [](client* who, thrown* to) -> asio::awaitable<void> {
    *to = co_await error_of(who->connect());
  }(&user, &out));
  user.stop();
  loop.run_for(std::chrono::seconds(5));
  return out;
}

// A port where nobody listens: taken once and given back.
std::uint16_t closed_port() {
  asio::io_context loop;
  const asio::ip::tcp::acceptor taken(loop,
                                      asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return taken.local_endpoint().port();
}

}  // namespace

TEST_F(connecting, makes_a_key_once_and_keeps_it) {
  for (int round = 0; round < 3; ++round) {
    with_client([](client& user) -> asio::awaitable<void> {
      EXPECT_FALSE(user.signed_in());
      EXPECT_EQ(user.user_id(), 0);
      EXPECT_EQ(user.home_dc(), 2);
      const api::help::getNearestDc ask;
      const auto nearest = co_await user.invoke(ask);
      EXPECT_EQ(nearest.this_dc, 2);
    });
  }
  EXPECT_EQ(cluster->dc().counted().handshakes, 1u);
}

TEST_F(connecting, asks_whose_login_it_is_where_the_session_does_not_say) {
  with_client([](client& user) -> asio::awaitable<void> {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
  });
  {
    // As sessions of other programs come, whose formats have no place for it.
    storage::session_store store(settings().session_file, settings().network.name);
    storage::login nobodys = store.read_login();
    ASSERT_NE(nobodys.user_id, 0);
    nobodys.user_id = 0;
    nobodys.bot = false;
    store.write_login(nobodys);
  }
  for (int round = 0; round < 2; ++round) {
    with_client([](client& user) -> asio::awaitable<void> {
      EXPECT_TRUE(user.signed_in());
      EXPECT_TRUE(user.is_bot());
      co_return;
    });
  }
  EXPECT_EQ(calls("users.getUsers"), 1U) << "it is kept";
}

TEST_F(connecting, works_in_every_framing) {
  for (const packet_framing framing : {packet_framing::abridged, packet_framing::intermediate,
                                       packet_framing::padded_intermediate, packet_framing::full}) {
    for (const bool obfuscated : {false, true}) {
      config how = settings();
      how.wire.framing = framing;
      how.wire.obfuscated = obfuscated;
      with_client(how, [](client& user) -> asio::awaitable<void> {
        const api::help::getNearestDc ask;
        const auto nearest = co_await user.invoke(ask);
        EXPECT_EQ(nearest.this_dc, 2);
      });
    }
  }
}

TEST_F(connecting, wants_an_api_id_and_hash) {
  config how = settings();
  how.api_id = 0;
  const thrown no_id = connect_fails(how);
  EXPECT_EQ(no_id.code, client_errc::bad_config);
  EXPECT_NE(no_id.sentence.find("MTFETCH_API_ID"), std::string::npos);
  how.api_id = 1;
  how.api_hash = "";
  EXPECT_NE(connect_fails(how).sentence.find("MTFETCH_API_HASH"), std::string::npos);
}

TEST_F(connecting, says_which_addresses_do_not_answer) {
  config how = settings();
  const std::uint16_t closed = closed_port();
  for (dc_option& option : how.network.dcs) option.port = closed;
  const thrown said = connect_fails(how);
  EXPECT_EQ(said.code, transport_errc::unreachable);
  EXPECT_EQ(said.sentence, "data centre 2 cannot be reached: tried 127.0.0.1:" +
                               std::to_string(closed) + " (Connection refused)");
}

TEST_F(connecting, refuses_a_data_centre_with_another_key) {
  config how = settings();
  how.network.rsa_keys = network::production().rsa_keys;
  EXPECT_EQ(connect_fails(how).code, security_errc::unknown_fingerprint);
}

TEST_F(connecting, refuses_a_session_file_in_use_or_of_no_use) {
  with_client([this](client&) -> asio::awaitable<void> {
    asio::io_context loop;
    client other(co_await asio::this_coro::executor, settings());
    const thrown said = co_await error_of(other.connect());
    EXPECT_EQ(said.code, storage_errc::locked);
    EXPECT_NE(said.sentence.find((folder / "session").string()), std::string::npos);
  });
  tests::write_file(folder / "session", "something else, of a length that is not a header");
  EXPECT_EQ(connect_fails(settings()).code, storage_errc::bad_session_file);
}

TEST_F(connecting, says_that_the_login_is_lost_when_its_key_is_unknown) {
  with_bot([](client& user) -> asio::awaitable<void> {
    EXPECT_TRUE(user.signed_in());
    EXPECT_TRUE(user.is_bot());
    EXPECT_EQ(user.user_id(), 4242);
    co_return;
  });
  meddle(folder / "session",
         "UPDATE keys SET key = randomblob(256), made = made - 3600 WHERE dc = 2");
  const thrown said = connect_fails(settings());
  EXPECT_EQ(said.code, client_errc::not_signed_in);
  EXPECT_NE(said.sentence.find("is over"), std::string::npos) << said.sentence;
  // The next client begins with a new key, and nobody is signed in.
  with_client([](client& user) -> asio::awaitable<void> {
    EXPECT_FALSE(user.signed_in());
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    EXPECT_TRUE(user.signed_in());
  });
}

TEST_F(connecting, believes_one_refused_key_no_more_than_once) {
  with_bot([](client&) -> asio::awaitable<void> { co_return; });
  fault(local_dc::transport_error{-404}, "", 2, 1);
  with_client([](client& user) -> asio::awaitable<void> {
    EXPECT_TRUE(user.signed_in());
    co_return;
  });
  EXPECT_EQ(cluster->dc().counted().handshakes, 1u);
}

TEST_F(connecting, ends_what_waits_when_it_is_stopped) {
  fault(local_dc::drop_answer{}, "users.getUsers");
  with_bot([](client& user) -> asio::awaitable<void> {
    asio::steady_timer soon(co_await asio::this_coro::executor, std::chrono::milliseconds(50));
    soon.async_wait([&user](std::error_code) { user.stop(); });
    api::users::getUsers ask;
    ask.id.push_back(api::inputUserSelf());
    const thrown said = co_await error_of(user.invoke(ask));
    EXPECT_EQ(said.code, client_errc::stopped);
    const thrown later = co_await error_of(user.invoke(ask));
    EXPECT_EQ(later.code, client_errc::stopped);
  });
}

TEST_F(connecting, comes_before_everything_else) {
  asio::io_context loop;
  client user(loop.get_executor(), settings());
  net_test::run(loop, [](client* who) -> asio::awaitable<void> {
    const thrown call = co_await error_of(who->invoke(api::help::getNearestDc()));
    EXPECT_EQ(call.code, client_errc::stopped);
    EXPECT_NE(call.sentence.find("connect()"), std::string::npos) << call.sentence;
    const thrown channel = co_await error_of(who->open_channel(2));
    EXPECT_EQ(channel.code, client_errc::stopped);
    const thrown out = co_await error_of(who->log_out());
    EXPECT_EQ(out.code, client_errc::stopped);
    EXPECT_FALSE(who->peers().find("anybody"));
  }(&user));
}
