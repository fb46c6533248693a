// SPDX-License-Identifier: BSL-1.0
#include "tests/client/cluster_fixture.hpp"

#include <mtfetch/api/help.hpp>
#include <mtfetch/api/upload.hpp>
#include <mtfetch/api/users.hpp>

#include <asio/experimental/awaitable_operators.hpp>

using namespace mtfetch;
using namespace mtfetch::client_test;

using channels = cluster_fixture;

namespace {

api::users::getUsers myself() {
  api::users::getUsers ask;
  ask.id.push_back(api::inputUserSelf());
  return ask;
}

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
  with_bot([this](client& user) -> asio::awaitable<void> {
    const auto over = co_await user.open_channel(4);
    co_await ask_over(over);
    // Two for the channel, two for the session that then looks into it.
    fault(local_dc::transport_error{-404}, "", 4, 4);
    co_await ask_over(over);
  });
  EXPECT_EQ(cluster->dc().counted().handshakes, 3u);
}

TEST_F(channels, stop_with_their_client_and_outlive_it) {
  std::shared_ptr<channel> kept;
  with_bot(
      [&kept](client& user) -> asio::awaitable<void> { kept = co_await user.open_channel(2); });
  EXPECT_FALSE(kept->alive());
  asio::io_context loop;
  net_test::run(loop, [](std::shared_ptr<channel> over) -> asio::awaitable<void> {
    const thrown said = co_await error_of(over->invoke(myself()));
    EXPECT_EQ(said.code, client_errc::stopped);
  }(kept));
  kept.reset();
}

TEST_F(channels, prefer_an_address_for_media) {
  config how = settings();
  dc_option media;
  for (const dc_option& option : how.network.dcs) {
    if (option.id == 4) media = option;
  }
  // Only this way leads anywhere: the plain address of DC 4 is turned into a closed port, once the
  // key is there.
  media.media_only = true;
  how.network.dcs.push_back(media);
  with_client(how, [](client& user) -> asio::awaitable<void> {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    const auto over = co_await user.open_channel(4);
    co_await ask_over(over);
  });
}
