// SPDX-License-Identifier: BSL-1.0
#include "tests/client/ask_for_myself.hpp"
#include "tests/client/cluster_fixture.hpp"
#include "tests/client/meddle.hpp"
#include "tests/client/relay.hpp"

#include <mtfetch/api/help.hpp>
#include <mtfetch/api/upload.hpp>

#include <asio/experimental/awaitable_operators.hpp>

using namespace mtfetch;
using namespace mtfetch::client_test;

using channels = cluster_fixture;

namespace {

asio::awaitable<void> ask_over(std::shared_ptr<channel> over) {
  const auto users = co_await over->invoke(myself());
  EXPECT_EQ(users.size(), 1u);
}

}  // namespace

TEST_F(channels, are_connections_of_their_own_with_the_same_key) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    const auto before = cluster->dc().counted();
    const auto first = co_await user.open_channel(4);
    const auto second = co_await user.open_channel(4);
    const auto at_home = co_await user.open_channel(2);
    EXPECT_EQ(first->dc(), 4);
    EXPECT_TRUE(first->alive() && second->alive() && at_home->alive());
    using namespace asio::experimental::awaitable_operators;
    co_await (ask_over(first) && ask_over(first) && ask_over(second) && ask_over(at_home));
    const auto after = cluster->dc().counted();
    EXPECT_EQ(after.handshakes, before.handshakes + 1);
    EXPECT_EQ(after.connections, before.connections + 4);
    first->close();
    EXPECT_FALSE(first->alive());
    const thrown said = co_await error_of(first->invoke(myself()));
    EXPECT_EQ(said.code, client_errc::stopped);
    co_await ask_over(second);
  });
  EXPECT_EQ(calls("auth.importAuthorization"), 1u);
}

TEST_F(channels, open_without_a_login_too) {
  with_client([](client& user) -> asio::awaitable<void> {
    const auto over = co_await user.open_channel(4);
    const api::help::getNearestDc ask;
    const auto nearest = co_await over->invoke(ask);
    EXPECT_EQ(nearest.this_dc, 4);
  });
}

TEST_F(channels, leave_floods_migrations_and_server_errors_to_the_caller) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    const auto over = co_await user.open_channel(4);
    fault(error_answer(303, "FILE_MIGRATE_2"), "users.getUsers");
    fault(error_answer(420, "FLOOD_WAIT_1"), "users.getUsers");
    fault(error_answer(500, "RPC_CALL_FAIL"), "users.getUsers");
    for (const std::int32_t code : {303, 420, 500}) {
      const thrown said = co_await error_of(over->invoke(myself()));
      EXPECT_TRUE(said.failure && said.failure->code == code) << said.sentence;
    }
    co_await ask_over(over);
  });
}

TEST_F(channels, come_back_after_the_connection_was_lost) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    const auto over = co_await user.open_channel(4);
    co_await ask_over(over);
    for (int i = 0; i < 3; ++i) {
      fault(local_dc::reset_connection{}, "users.getUsers");
      co_await ask_over(over);
      EXPECT_TRUE(over->alive());
    }
  });
}

TEST_F(channels, have_the_login_imported_again_where_it_was_forgotten) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    const auto over = co_await user.open_channel(4);
    fault(error_answer(401, "AUTH_KEY_UNREGISTERED"), "users.getUsers", 4, 1);
    co_await ask_over(over);
  });
  EXPECT_EQ(calls("auth.importAuthorization"), 2u);
}

TEST_F(channels, go_on_with_another_key_where_the_first_was_lost) {
  const auto open_and_ask = [](client& user) -> asio::awaitable<void> {
    const auto over = co_await user.open_channel(4);
    co_await ask_over(over);
  };
  with_bot(open_and_ask);
  meddle(folder / "session",
         "UPDATE keys SET key = randomblob(256), made = made - 3600 WHERE dc = 4");
  with_client(open_and_ask);
  EXPECT_EQ(cluster->dc().counted().handshakes, 3u);
  EXPECT_EQ(calls("auth.importAuthorization"), 2u);
}

TEST_F(channels, stop_with_their_client_and_outlive_it) {
  asio::io_context loop;
  std::optional<client> user(std::in_place, loop.get_executor(), settings());
  net_test::run(loop, [](std::optional<client>* who) -> asio::awaitable<void> {
    co_await (*who)->connect();
    std::string token = bot_token;
    co_await (*who)->sign_in_bot(token);
    const auto kept = co_await (*who)->open_channel(2);
    who->reset();
    EXPECT_FALSE(kept->alive());
    const thrown said = co_await error_of(kept->invoke(myself()));
    EXPECT_EQ(said.code, client_errc::stopped);
  }(&user));
  loop.run_for(std::chrono::seconds(5));
}

TEST_F(channels, prefer_an_address_for_media) {
  asio::io_context loop;
  const relay media_way(loop.get_executor(), cluster->dc().network_file());
  config how = settings();
  for (const dc_option& option : media_way.front().dcs) {
    how.network.dcs.push_back(option);
    how.network.dcs.back().media_only = true;
  }
  client user(loop.get_executor(), how);
  net_test::run(loop, [](client* who, const relay* media) -> asio::awaitable<void> {
    co_await who->connect();
    std::string token = bot_token;
    co_await who->sign_in_bot(token);
    EXPECT_EQ(media->accepted(), 0u);
    const auto over = co_await who->open_channel(4);
    co_await ask_over(over);
    EXPECT_EQ(media->accepted(), 1u);
  }(&user, &media_way));
  user.stop();
  loop.run_for(std::chrono::milliseconds(100));
}
