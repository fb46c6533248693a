// SPDX-License-Identifier: BSL-1.0
#include "tests/client/bare_session.hpp"
#include "tests/client/cluster_fixture.hpp"
#include "tests/client/relay.hpp"

#include <mtfetch/api/help.hpp>
#include <mtfetch/api/users.hpp>

#include <asio/experimental/awaitable_operators.hpp>

#include <algorithm>

using namespace mtfetch;
using namespace mtfetch::client_test;

namespace {

class losing_the_connection : public cluster_fixture {
 protected:
  asio::awaitable<void> whole_life(client& user);
};

api::users::getUsers myself() {
  api::users::getUsers ask;
  ask.id.push_back(api::inputUserSelf());
  return ask;
}

}  // namespace

// The life of a client: key, login, calls at home and abroad, a channel. What a lost connection
// may cost is only what cannot be done twice, and it says so; and each try runs once at most.
asio::awaitable<void> losing_the_connection::whole_life(client& user) {
  for (int tries = 1;; ++tries) {
    std::optional<thrown> failed;
    try {
      co_await user.connect();
    } catch (const error& e) {
      failed = thrown{e.code(), e.what(), {}};
    }
    if (!failed) break;
    EXPECT_EQ(failed->code.category(), transport_category()) << failed->sentence;
    EXPECT_LT(tries, 3) << failed->sentence;
    if (tries == 3) co_return;
  }
  const auto sign_ins = calls("auth.importBotAuthorization");
  for (unsigned tries = 1; !user.signed_in(); ++tries) {
    std::optional<thrown> failed;
    std::string token = bot_token;
    try {
      co_await user.sign_in_bot(token);
    } catch (const error& e) {
      failed = thrown{e.code(), e.what(), {}};
    }
    EXPECT_LE(calls("auth.importBotAuthorization") - sign_ins, tries);
    if (!failed) break;
    EXPECT_NE(failed->sentence.find("may have run"), std::string::npos) << failed->sentence;
    EXPECT_LT(tries, 3u);
    if (tries == 3) co_return;
  }
  // As if it changed something.
  const auto changes = calls("users.getUsers");
  for (unsigned tries = 1;; ++tries) {
    std::optional<thrown> failed;
    invoke_options once;
    once.repeatable = false;
    try {
      const auto here = co_await user.invoke(myself(), once);
      EXPECT_EQ(here.size(), 1u);
    } catch (const error& e) {
      failed = thrown{e.code(), e.what(), {}};
    }
    EXPECT_LE(calls("users.getUsers") - changes, tries);
    if (!failed) break;
    EXPECT_NE(failed->sentence.find("may have run"), std::string::npos) << failed->sentence;
    EXPECT_LT(tries, 3u);
    if (tries == 3) co_return;
  }
  for (int tries = 1;; ++tries) {
    std::optional<thrown> failed;
    try {
      const auto over = co_await user.open_channel(4);
      const auto there = co_await over->invoke(myself());
      EXPECT_EQ(there.size(), 1u);
    } catch (const error& e) {
      failed = thrown{e.code(), e.what(), {}};
    }
    if (!failed) break;
    EXPECT_NE(failed->sentence.find("may have run"), std::string::npos) << failed->sentence;
    EXPECT_LT(tries, 3);
    if (tries == 3) co_return;
  }
}

TEST_F(losing_the_connection, at_every_step_costs_no_more_than_a_retry) {
  bool cut = true;
  int step = 0;
  for (; cut && step < 200; ++step) {
    std::filesystem::remove(folder / "session");
    asio::io_context loop;
    relay between(loop.get_executor(), cluster->dc().network_file());
    between.cut_at(step);
    config how = settings();
    how.network = between.front();
    client user(loop.get_executor(), how);
    net_test::run(loop, whole_life(user), std::chrono::seconds(40));
    if (HasFatalFailure()) FAIL() << "cut at read " << step;
    EXPECT_FALSE(HasNonfatalFailure()) << "cut at read " << step;
    cut = between.has_cut();
    user.stop();
    loop.run_for(std::chrono::milliseconds(100));
  }
  // A whole life takes some reads: key exchanges at two data centres, login, calls.
  EXPECT_GT(step, 20);
}

TEST_F(losing_the_connection, is_healed_while_a_call_waits) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    for (int i = 0; i < 5; ++i) {
      fault(local_dc::reset_connection{}, "users.getUsers");
      const auto users = co_await user.invoke(myself());
      EXPECT_EQ(users.size(), 1u);
    }
  });
}

TEST_F(losing_the_connection, to_garbage_is_healed_too) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    fault(local_dc::garbage_packet{}, "users.getUsers");
    const auto users = co_await user.invoke(myself());
    EXPECT_EQ(users.size(), 1u);
  });
}

TEST_F(losing_the_connection, survives_a_restart_of_the_data_centre) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    cluster->restart();
    const auto users = co_await user.invoke(myself());
    EXPECT_EQ(users.size(), 1u);
    EXPECT_TRUE(user.signed_in());
  });
}

TEST_F(losing_the_connection, for_good_ends_a_call_with_the_addresses_tried) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    const std::uint16_t port = user.known_network().dcs.front().port;
    cluster->stop();
    invoke_options options;
    options.deadline = std::chrono::milliseconds(400);
    const thrown said = co_await error_of(user.invoke(myself(), options));
    EXPECT_EQ(said.code.category(), transport_category()) << said.sentence;
    EXPECT_NE(said.sentence.find("data centre 2"), std::string::npos) << said.sentence;
    EXPECT_NE(said.sentence.find("127.0.0.1:"), std::string::npos) << said.sentence;
    EXPECT_GT(port, 0);
  });
}

TEST_F(losing_the_connection, to_a_server_that_says_it_is_another_is_healed) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    fault(local_dc::transport_error{-444}, "users.getUsers");
    const auto users = co_await user.invoke(myself());
    EXPECT_EQ(users.size(), 1u);
  });
}

TEST_F(losing_the_connection, to_a_flood_of_connections_waits_and_comes_back) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    fault(local_dc::transport_error{-429}, "users.getUsers");
    const auto users = co_await user.invoke(myself());
    EXPECT_EQ(users.size(), 1u);
  });
}

TEST_F(losing_the_connection, to_a_flood_is_remembered_of_the_address) {
  asio::io_context loop;
  const auto shared = environment_of(loop, settings());
  const auto session = session_on(shared);
  fault(local_dc::transport_error{-429}, "help.getNearestDc");
  const auto flooded = [&] {
    return std::ranges::any_of(shared->known.dcs, [&](const dc_option& at) {
      return at.id == 2 && shared->ways.blocked(net::name_of(way::tcp, at), net::now().mono);
    });
  };
  const auto all = [&]() -> asio::awaitable<void> {
    using namespace asio::experimental::awaitable_operators;
    co_await (ask_nearest(session) && until(flooded));
  };
  net_test::run(loop, all(), std::chrono::seconds(60));
  session->stop(client_impl::failed(client_errc::stopped, ""));
  loop.run_for(std::chrono::seconds(1));
}
