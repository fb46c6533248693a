// SPDX-License-Identifier: BSL-1.0
// The network's model between real sockets. What is asked is what must hold however slow the
// machine is: no byte lost or before its time.
#include "mtproto/testing/network_driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <functional>

#include "tests/testing/cluster_fixture.hpp"

namespace mtfetch::testing {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;
using coroutine = std::function<asio::awaitable<void>(tcp::socket)>;

bytes pattern(std::size_t size) {
  bytes made(size);
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return made;
}

/// Runs both ends of one connection through a network until the client's is done.
network_counts run_through(const network_conditions& conditions, coroutine server,
                           coroutine client) {
  asio::io_context context;
  const auto counts = std::make_shared<traffic_counts>();
  const auto network = std::make_shared<network_driver>(context.get_executor(), conditions, counts);
  tcp::acceptor centre(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const auto front = network->bind(2, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  network->start(2, centre.local_endpoint());
  std::exception_ptr failed;
  const auto ended = [&](std::exception_ptr why) {
    if (why) failed = why;
  };
  const auto serve = [&]() -> asio::awaitable<void> {
    tcp::socket socket = co_await centre.async_accept(asio::use_awaitable);
    co_await server(std::move(socket));
  };
  const auto come = [&]() -> asio::awaitable<void> {
    tcp::socket socket(context);
    co_await socket.async_connect(front, asio::use_awaitable);
    co_await client(std::move(socket));
  };
  const auto stop = [&](std::exception_ptr why) {
    ended(why);
    network->stop();
    context.stop();
  };
  asio::co_spawn(context, serve(), ended);
  asio::co_spawn(context, come(), stop);
  context.run_for(60s);
  EXPECT_TRUE(context.stopped()) << "stuck";
  if (failed) std::rethrow_exception(failed);
  return counts->snapshot().network;
}

TEST(network_driver, bytes_pass_whole_and_never_before_their_time) {
  network_conditions conditions;
  conditions.round_trip = 50ms;
  conditions.connection_rate = 6'000'000;
  const bytes sent = pattern(3'000'000);
  const auto server = [&](tcp::socket socket) -> asio::awaitable<void> {
    bytes request(100);
    co_await asio::async_read(socket, asio::buffer(request), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(sent), asio::use_awaitable);
  };
  bytes received;
  const auto client = [&](tcp::socket socket) -> asio::awaitable<void> {
    const auto began = std::chrono::steady_clock::now();
    const bytes request(100);
    co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
    bytes piece(100'000);
    while (received.size() < sent.size()) {
      const std::size_t count =
          co_await socket.async_read_some(asio::buffer(piece), asio::use_awaitable);
      received.insert(received.end(), piece.begin(),
                      piece.begin() + static_cast<std::ptrdiff_t>(count));
      // A round trip for the connection, one for the request. `began` may be after the driver
      // accepted, by what a socket takes on loopback.
      const duration took = std::chrono::steady_clock::now() - began + 10ms;
      const double flowing =
          std::chrono::duration<double>(took - 2 * conditions.round_trip).count();
      EXPECT_GE(flowing, 0) << received.size();
      EXPECT_LE(static_cast<double>(received.size()),
                static_cast<double>(conditions.burst) + 6e6 * flowing);
    }
  };
  const network_counts counts = run_through(conditions, server, client);
  EXPECT_EQ(received, sent);
  EXPECT_EQ(counts.opened, 1u);
  EXPECT_EQ(counts.arrived_up, 100);
  EXPECT_EQ(counts.arrived_down, 3'000'000);
  EXPECT_EQ(counts.lost, 0);
}

TEST(network_driver, the_end_of_the_stream_comes_behind_the_last_byte) {
  network_conditions conditions;
  conditions.round_trip = 20ms;
  conditions.connection_rate = 5'000'000;
  const bytes sent = pattern(500'000);
  const auto server = [&](tcp::socket socket) -> asio::awaitable<void> {
    co_await asio::async_write(socket, asio::buffer(sent), asio::use_awaitable);
  };
  bytes received(sent.size() + 1);
  const auto client = [&](tcp::socket socket) -> asio::awaitable<void> {
    std::error_code end;
    const std::size_t count = co_await asio::async_read(
        socket, asio::buffer(received), asio::redirect_error(asio::use_awaitable, end));
    EXPECT_EQ(end, asio::error::eof);
    received.resize(count);
  };
  run_through(conditions, server, client);
  EXPECT_EQ(received, sent);
}

TEST(network_driver, a_reset_is_one_for_the_client_and_an_end_for_the_data_centre) {
  network_conditions conditions;
  conditions.reset_every = 30ms;
  bool centre_saw = false;
  const auto wait_for_the_end = [](tcp::socket& socket) -> asio::awaitable<std::error_code> {
    std::error_code end;
    bytes nothing(1);
    co_await asio::async_read(socket, asio::buffer(nothing),
                              asio::redirect_error(asio::use_awaitable, end));
    co_return end;
  };
  const auto server = [&](tcp::socket socket) -> asio::awaitable<void> {
    centre_saw = static_cast<bool>(co_await wait_for_the_end(socket));
  };
  const auto client = [&](tcp::socket socket) -> asio::awaitable<void> {
    const std::error_code end = co_await wait_for_the_end(socket);
    EXPECT_EQ(end, asio::error::connection_reset);
    asio::steady_timer turn(socket.get_executor(), time_point::min());
    while (!centre_saw) {
      co_await turn.async_wait(asio::use_awaitable);
    }
  };
  EXPECT_EQ(run_through(conditions, server, client).resets, 1u);
  EXPECT_TRUE(centre_saw);
}

TEST(network_driver, a_silenced_connection_stays_open_and_nothing_arrives_on_it) {
  network_conditions conditions;
  conditions.silence_chance = 1e-9;
  asio::io_context context;
  const auto counts = std::make_shared<traffic_counts>();
  const auto network = std::make_shared<network_driver>(context.get_executor(), conditions, counts);
  const tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
  tcp::acceptor centre(context, any);
  const auto front = network->bind(2, any);
  network->start(2, centre.local_endpoint());
  const auto lost = [&] { return counts->snapshot().network.lost; };
  const auto until = [&](auto come_true) -> asio::awaitable<void> {
    asio::steady_timer turn(context, time_point::min());
    while (!come_true()) co_await turn.async_wait(asio::use_awaitable);
  };
  const auto play = [&]() -> asio::awaitable<void> {
    tcp::socket client(context);
    tcp::socket bystander(context);
    co_await client.async_connect(front, asio::use_awaitable);
    tcp::socket served = co_await centre.async_accept(asio::use_awaitable);
    co_await bystander.async_connect(front, asio::use_awaitable);
    tcp::socket other = co_await centre.async_accept(asio::use_awaitable);
    bytes got(3);
    const bytes word = {1, 2, 3};
    co_await asio::async_write(served, asio::buffer(word), asio::use_awaitable);
    co_await asio::async_read(client, asio::buffer(got), asio::use_awaitable);
    EXPECT_EQ(got, word);

    EXPECT_FALSE(network->silence(1, served.remote_endpoint())) << "of another data centre";
    EXPECT_FALSE(network->silence(2, client.local_endpoint()));
    EXPECT_TRUE(network->silence(2, served.remote_endpoint()));
    const bytes unheard(100'000);
    co_await asio::async_write(served, asio::buffer(unheard), asio::use_awaitable);
    co_await asio::async_write(client, asio::buffer(word), asio::use_awaitable);
    const auto all_lost = [&] { return lost() == 100'003; };
    co_await until(all_lost);
    EXPECT_EQ(client.available(), 0u);
    EXPECT_EQ(served.available(), 0u);

    // The data centre's end of it is not passed on: what comes after it on another one is.
    served.close();
    co_await asio::async_write(other, asio::buffer(word), asio::use_awaitable);
    co_await asio::async_read(bystander, asio::buffer(got), asio::use_awaitable);
    client.non_blocking(true);
    std::error_code nothing;
    client.read_some(asio::buffer(got), nothing);
    EXPECT_EQ(nothing, asio::error::would_block);
    network->stop();
  };
  std::exception_ptr failed;
  bool done = false;
  asio::co_spawn(context, play(), [&](std::exception_ptr why) {
    failed = why;
    done = true;
    network->stop();
    context.stop();
  });
  context.run_for(60s);
  if (failed) std::rethrow_exception(failed);
  EXPECT_TRUE(done) << "stuck";
}

TEST_F(cluster_test, behind_a_network_every_call_takes_a_round_trip) {
  dc_options.conditions.round_trip = 30ms;
  dc_options.conditions.jitter = 5ms;
  dc_options.conditions.connection_rate = 4'000'000;
  dc_options.state = folder / "state";
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    co_await expect_first_file(telegram);
    const api::help::getNearestDc ask;
    for (int i = 0; i < 3; ++i) {
      const auto asked = std::chrono::steady_clock::now();
      co_await telegram.invoke(ask);
      EXPECT_GE(std::chrono::steady_clock::now() - asked, 30ms);
    }
    cluster->restart();
    co_await telegram.invoke(ask);
  });
  const auto counted = dc().counted();
  EXPECT_GE(counted.network.opened, 2u);
  EXPECT_GE(counted.network.opened, counted.connections);
  EXPECT_GT(counted.network.arrived_down, static_cast<std::int64_t>(content_.size()));
}

TEST_F(cluster_test, a_spent_budget_is_a_flood_wait_and_costs_nothing) {
  dc_options.conditions.budget_requests = 0.001;
  dc_options.conditions.budget_burst = 2000s;  // two requests, and the next in a quarter of an hour
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    const api::document file = co_await first_document(telegram);
    invoke_options there;
    there.dc = file.dc_id;
    there.wait_for_floods = false;
    const auto ask = part_of(file, 0);
    co_await telegram.invoke(ask, there);
    co_await telegram.invoke(ask, there);
    const auto served = dc().counted().bytes_served;
    std::string refused;
    try {
      co_await telegram.invoke(ask, there);
    } catch (const rpc_error& flood) {
      refused = flood.what();
    }
    EXPECT_NE(refused.find("FLOOD_WAIT"), std::string::npos) << refused;
    EXPECT_EQ(dc().counted().bytes_served, served);
  });
}

TEST_F(cluster_test, names_the_condition_that_none_can_have) {
  dc_options.conditions.silence_chance = 1.1;
  try {
    start();
    FAIL();
  } catch (const error& refused) {
    EXPECT_EQ(refused.code(), client_errc::bad_config);
    EXPECT_NE(std::string(refused.what()).find("silence_chance"), std::string::npos);
  }
}

TEST_F(cluster_test, the_seed_says_which_answers_go_wrong_and_how) {
  auto& how = dc_options.conditions;
  how.long_chance = how.short_chance = how.empty_chance = how.expired_chance = 0.2;
  // What came of each part, one asked for after the other.
  const auto run = [&](std::uint64_t seed) {
    how.seed = seed;
    cluster.reset();
    start();
    std::vector<std::string> answers;
    with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
      co_await telegram.sign_in_bot(bot_token);
      const api::document file = co_await first_document(telegram);
      invoke_options there;
      there.dc = file.dc_id;
      const auto ask = part_of(file, 0);
      for (int i = 0; i < 40; ++i) {
        try {
          const auto part = co_await telegram.invoke(ask, there);
          const auto size = byte_view(part.as<api::upload::file>().bytes).size();
          answers.push_back(std::to_string(size));
        } catch (const rpc_error& refused) {
          answers.emplace_back(refused.what());
        }
      }
    });
    return answers;
  };
  const auto first = run(5);
  EXPECT_EQ(first, run(5));
  EXPECT_NE(first, run(6));
  const auto longer = [](const std::string& answer) {
    return answer.size() >= 6 && answer.size() <= 7 && std::stol(answer) > 1 << 19;
  };
  EXPECT_TRUE(std::any_of(first.begin(), first.end(), longer));
}

TEST_F(cluster_test, resets_of_the_network_cost_time_and_nothing_else) {
  dc_options.conditions.reset_every = 400ms;
  dc_options.state = folder / "state";
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    while (dc().counted().network.resets < 3) co_await expect_first_file(telegram);
  });
}

}  // namespace
}  // namespace mtfetch::testing
