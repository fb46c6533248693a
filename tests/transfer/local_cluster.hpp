// SPDX-License-Identifier: BSL-1.0
// A local data centre that serves a few files, and a bot's client of it.
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
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::download_test {

inline const std::string bot_token = "4242:secret-of-the-bot";
inline const std::string phone = "99966200001";

class local_cluster : public ::testing::Test {
 protected:
  using work = std::function<asio::awaitable<void>(client&)>;

  /// Files are messages 1, 2 ... in the order of their names.
  void serve(const std::vector<std::pair<std::string, std::string>>& files) {
    testing::cluster_options options;
    options.serve = folder / "files";
    options.state = folder / "state";
    std::filesystem::create_directories(options.serve / "private");
    for (const auto& [name, content] : files) tests::write_file(options.serve / name, content);
    options.dcs = {1, 2, 4};
    testing::bot robot;
    robot.token = bot_token;
    robot.member = true;
    options.bots.push_back(robot);
    testing::user person;
    person.phone = phone;
    person.member = false;
    options.users.push_back(person);
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
  /// Runs it with a client signed in as the bot, to its end.
  void with_bot(work todo, std::chrono::seconds limit = std::chrono::seconds(60)) {
    asio::io_context loop;
    client user(loop.get_executor(), settings());
    net_test::run(loop, sign_in_and(user, std::move(todo)), limit);
    user.stop();
    loop.run_for(std::chrono::seconds(5));
  }
  void fault(std::string method, testing::fault_action action, std::uint64_t skip = 0,
             std::uint64_t times = 1, double chance = 1) {
    testing::fault_rule rule;
    rule.method = std::move(method);
    rule.action = std::move(action);
    rule.skip = skip;
    rule.times = times;
    rule.chance = chance;
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
  static asio::awaitable<void> sign_in_and(client& user, work todo) {
    co_await user.connect();
    std::string token = bot_token;
    if (!user.signed_in()) co_await user.sign_in_bot(token);
    co_await todo(user);
  }
};

}  // namespace mtfetch::download_test
