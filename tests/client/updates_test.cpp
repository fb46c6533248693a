// SPDX-License-Identifier: BSL-1.0
// What comes unasked, and calls that keep their order.
#include "mtproto/client/update_queue.hpp"
#include "tests/client/ask_for_myself.hpp"
#include "tests/client/bare_session.hpp"
#include "tests/client/cluster_fixture.hpp"

#include <mtfetch/api/help.hpp>

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>

using namespace mtfetch;
using namespace mtfetch::client_test;

using updates = cluster_fixture;
using call_chains = cluster_fixture;

namespace {

// updatesTooLong and a number behind it, which no reader but this one understands.
bytes numbered(std::uint8_t number) {
  return {0x7e, 0xaf, 0x17, 0xe3, number, 0, 0, 0};
}

std::optional<bytes> body_of(const update_event& event) {
  const auto* update = std::get_if<raw_update>(&event);
  if (update == nullptr) return std::nullopt;
  const byte_view body = update->body;
  return bytes(body.begin(), body.end());
}

}  // namespace

TEST_F(updates, come_to_who_listens_and_to_no_channel) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    update_stream stream = user.updates();
    const auto over = co_await user.open_channel(2);
    const auto there = co_await over->invoke(myself());
    EXPECT_EQ(there.size(), 1u);
    cluster->dc().push_update(numbered(1), 4242);
    cluster->dc().push_update(numbered(2), 77);  // somebody else's
    cluster->dc().push_update(numbered(3));
    const update_event first = co_await stream.next();
    EXPECT_EQ(body_of(first), numbered(1));
    const update_event second = co_await stream.next();
    EXPECT_EQ(body_of(second), numbered(3));
  });
}

TEST_F(updates, that_nobody_reads_are_bounded_and_leave_a_mark) {
  config how = settings();
  how.update_limit = 3;
  with_client(how, [this](client& user) -> asio::awaitable<void> {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    update_stream stream = user.updates();
    for (std::uint8_t i = 0; i < 10; ++i) cluster->dc().push_update(numbered(i));
    co_await ask_for_myself(user);  // its answer comes behind them
    for (std::uint8_t i = 0; i < 3; ++i) {
      const update_event event = co_await stream.next();
      EXPECT_EQ(body_of(event), numbered(i));
    }
    const update_event mark = co_await stream.next();
    EXPECT_TRUE(std::holds_alternative<missed_updates>(mark));
    cluster->dc().push_update(numbered(11));
    const update_event later = co_await stream.next();
    EXPECT_EQ(body_of(later), numbered(11));
  });
}

TEST(update_queue, is_bounded_in_bytes_and_holds_no_packet) {
  asio::io_context loop;
  client_impl::update_queue queue(loop.get_executor(), 1000);
  const auto packet = std::make_shared<bytes>(std::size_t{1} << 20);
  for (int i = 0; i < 20; ++i) queue.push(shared_bytes(packet, *packet));
  queue.push(shared_bytes(packet, byte_view(*packet).first(4)));
  EXPECT_EQ(packet.use_count(), 1);
  const auto read = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 16; ++i) {
      const update_event event = co_await queue.next();
      EXPECT_TRUE(std::holds_alternative<raw_update>(event));
    }
    const update_event mark = co_await queue.next();
    EXPECT_TRUE(std::holds_alternative<missed_updates>(mark));
    queue.push(shared_bytes(packet, *packet));
    const update_event later = co_await queue.next();
    EXPECT_TRUE(std::holds_alternative<raw_update>(later)) << "there is room again";
  };
  net_test::run(loop, read());
}

TEST_F(updates, may_have_been_missed_when_the_server_begins_a_new_session) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    update_stream stream = user.updates();
    // The key is gone with its session, so another one begins.
    cluster->dc().forget_temporary_keys();
    co_await ask_for_myself(user);
    const update_event mark = co_await stream.next();
    EXPECT_TRUE(std::holds_alternative<missed_updates>(mark));
  });
}

TEST_F(updates, come_again_after_the_connection_was_lost) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    update_stream stream = user.updates();
    for (std::uint8_t i = 0; i < 3; ++i) {
      const auto before = cluster->dc().counted().connections;
      cluster->dc().drop_connections();
      const update_event mark = co_await stream.next();
      EXPECT_TRUE(std::holds_alternative<missed_updates>(mark));
      // Nobody makes a call: the stream alone keeps the connection.
      const auto connected_again = [&] { return cluster->dc().counted().connections > before; };
      co_await until(connected_again);
      cluster->dc().push_update(numbered(i));
      const update_event event = co_await stream.next();
      EXPECT_EQ(body_of(event), numbered(i));
    }
  });
}

TEST_F(updates, come_under_a_new_key_before_anybody_makes_a_call) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    update_stream stream = user.updates();
    const auto before = calls("help.getConfig");
    cluster->dc().forget_temporary_keys();
    cluster->dc().drop_connections();
    const auto called = [&] { return calls("help.getConfig") > before; };
    co_await until(called);
    cluster->dc().push_update(numbered(9));
    update_event event = co_await stream.next();
    while (std::holds_alternative<missed_updates>(event)) event = co_await stream.next();
    EXPECT_EQ(body_of(event), numbered(9));
  });
}

TEST_F(updates, end_with_the_client) {
  with_bot([](client& user) -> asio::awaitable<void> {
    update_stream stream = user.updates();
    asio::steady_timer soon(co_await asio::this_coro::executor, std::chrono::milliseconds(20));
    soon.async_wait([&user](std::error_code) { user.stop(); });
    const thrown said = co_await error_of(stream.next());
    EXPECT_EQ(said.code, client_errc::stopped);
  });
}

TEST_F(call_chains, are_run_in_their_order_by_the_server) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    std::vector<int> ended;
    const auto one = [&](invoke_options options) -> asio::awaitable<void> {
      const api::help::getNearestDc ask;
      co_await user.invoke(ask, options);
      ended.push_back(1);
    };
    const auto two = [&](invoke_options options) -> asio::awaitable<void> {
      co_await user.invoke(myself(), options);
      ended.push_back(2);
    };
    using namespace asio::experimental::awaitable_operators;
    for (const std::uint64_t chain : {0u, 7u}) {
      fault(local_dc::delay_answer{std::chrono::milliseconds(100)}, "help.getNearestDc");
      invoke_options options;
      options.chain = chain;
      co_await (one(options) && two(options));
    }
    EXPECT_EQ(ended, (std::vector<int>{2, 1, 1, 2})) << "the second pair is a chain";
  });
}

TEST_F(call_chains, end_with_the_first_that_fails) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    fault(error_answer(400, "SOMETHING_INVALID"), "help.getNearestDc");
    const auto before = calls("users.getUsers");
    invoke_options options;
    options.chain = 1;
    const auto fails = [&](const char* why, bool first) -> asio::awaitable<void> {
      thrown said;
      if (first) {
        const api::help::getNearestDc ask;
        said = co_await error_of(user.invoke(ask, options));
      } else {
        said = co_await error_of(user.invoke(myself(), options));
      }
      EXPECT_TRUE(said.failure && said.failure->is(why)) << said.sentence;
    };
    using namespace asio::experimental::awaitable_operators;
    co_await (fails("SOMETHING_INVALID", true) && fails("MSG_WAIT_FAILED", false));
    EXPECT_EQ(calls("users.getUsers"), before) << "not run";
    co_await user.invoke(myself(), options);
  });
}
