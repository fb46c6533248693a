// SPDX-License-Identifier: BSL-1.0
// A local data centre with a bot and three people, and clients of it.
#pragma once

#include "tests/net/loop.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/testing.hpp>

#include <gtest/gtest.h>
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace mtfetch::client_test {

namespace local_dc = mtfetch::testing;  // `testing` alone would also be GoogleTest's

inline const std::string bot_token = "4242:secret-of-the-bot";
inline const std::string plain_phone = "99966200001";
inline const std::string guarded_phone = "99966200002";
inline const std::string guarded_password = "correct horse";
inline const std::string distant_phone = "99966200004";  // lives on DC 4

class cluster_fixture : public ::testing::Test {
 protected:
  cluster_fixture() { start_cluster(); }

  void start_cluster() {
    testing::cluster_options options;
    options.serve = folder / "files";
    options.state = folder / "state";
    std::filesystem::create_directories(options.serve);
    tests::write_file(options.serve / "one.bin", tests::random_text(300'000, 1));
    options.dcs = {1, 2, 4};
    testing::bot robot;
    robot.token = bot_token;
    options.bots.push_back(robot);
    testing::user person;
    person.phone = plain_phone;
    options.users.push_back(person);
    person.phone = guarded_phone;
    person.password = guarded_password;
    options.users.push_back(person);
    testing::user distant;
    distant.phone = distant_phone;
    distant.home_dc = 4;
    options.users.push_back(distant);
    cluster.emplace(std::move(options));
  }

  config settings() {
    config out;
    out.api_id = 1;
    out.api_hash = "0123456789abcdef0123456789abcdef";
    out.network = cluster->dc().network_file();
    out.session_file = folder / "session";
    out.reconnect_first = std::chrono::milliseconds(5);
    out.reconnect_most = std::chrono::milliseconds(50);
    return out;
  }

  /// Runs a coroutine with a client of these settings that has been connected.
  void with_client(config how, std::function<asio::awaitable<void>(client&)> work) {
    asio::io_context loop;
    client user(loop.get_executor(), std::move(how));
    net_test::run(loop, connect_and(user, std::move(work)), std::chrono::seconds(60));
    user.stop();
    loop.run_for(std::chrono::seconds(5));
  }
  void with_client(std::function<asio::awaitable<void>(client&)> work) {
    with_client(settings(), std::move(work));
  }
  /// The same, signed in as the bot.
  void with_bot(std::function<asio::awaitable<void>(client&)> work) {
    with_client([work = std::move(work)](client& user) { return sign_in_and(user, work); });
  }

  void fault(testing::fault_action action, std::string method, int dc = 0,
             std::uint64_t times = 1) {
    testing::fault_rule rule;
    rule.method = std::move(method);
    rule.dc = dc;
    rule.times = times;
    rule.action = std::move(action);
    cluster->dc().faults().add(std::move(rule));
  }
  static testing::answer_error error_answer(std::int32_t code, std::string message) {
    testing::answer_error out;
    out.code = code;
    out.message = std::move(message);
    return out;
  }
  std::uint64_t calls(const std::string& method) {
    const auto counted = cluster->dc().counted();
    const auto found = counted.calls.find(method);
    return found == counted.calls.end() ? 0 : found->second;
  }

  tests::temporary_folder folder;
  std::optional<testing::cluster_thread> cluster;

 private:
  static asio::awaitable<void> connect_and(client& user,
                                           std::function<asio::awaitable<void>(client&)> work) {
    co_await user.connect();
    co_await work(user);
  }
  static asio::awaitable<void> sign_in_and(client& user,
                                           std::function<asio::awaitable<void>(client&)> work) {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    co_await work(user);
  }
};

/// What an awaited thing throws, code and sentence; fails the test when it throws nothing.
struct thrown {
  std::error_code code;
  std::string sentence;
  std::optional<rpc_failure> failure;
};

template <class T>
asio::awaitable<thrown> error_of(asio::awaitable<T> work) {
  thrown out;
  try {
    co_await std::move(work);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const rpc_error& e) {
    out = thrown{e.code(), e.what(), e.failure()};
  } catch (const std::system_error& e) {
    out = thrown{e.code(), e.what(), {}};
  }
  co_return out;
}

}  // namespace mtfetch::client_test
