// SPDX-License-Identifier: BSL-1.0
// A local data centre and clients of it, for whatever test needs them over real sockets. The test
// links mtfetch_testing, mtfetch_client and mtfetch_test_support.
#pragma once

#include "tests/net/loop.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/testing.hpp>

#include <gtest/gtest.h>
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mtfetch::tests {

inline const std::string bot_token = "4242:secret-of-the-bot";

class local_data_centre : public ::testing::Test {
 protected:
  using work = std::function<asio::awaitable<void>(client&)>;
  using seconds = std::chrono::seconds;

  /// DCs 1, 2 and 4 with the bot; what else there is the test adds to dc_options before it starts.
  local_data_centre() {
    dc_options.serve = folder / "files";
    dc_options.state = folder / "state";
    dc_options.dcs = {1, 2, 4};
    dc_options.bots.emplace_back().token = bot_token;
  }
  void write_served(const std::string& name, std::string_view content) {
    const std::filesystem::path file = dc_options.serve / name;
    std::filesystem::create_directories(file.parent_path());
    write_file(file, content);
  }
  testing::user& add_user(const std::string& phone) {
    testing::user& added = dc_options.users.emplace_back();
    added.phone = phone;
    return added;
  }
  void start_cluster() { cluster.emplace(dc_options); }

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
  static void with_client(config how, work todo, seconds limit = seconds(60)) {
    asio::io_context loop;
    client user(loop.get_executor(), std::move(how));
    net_test::run(loop, connect_and(user, std::move(todo)), limit);
    user.stop();
    loop.run_for(seconds(5));
  }
  void with_client(work todo) { with_client(settings(), std::move(todo)); }
  /// The same, signed in as the bot.
  void with_bot(work todo, seconds limit = seconds(60)) {
    const auto signed_in = [todo = std::move(todo)](client& user) {
      return sign_in_and(user, todo);
    };
    with_client(settings(), signed_in, limit);
  }

  void fault(testing::fault_action action, std::string method, int dc = 0, std::uint64_t times = 1,
             std::uint64_t skip = 0, double chance = 1) {
    testing::fault_rule rule;
    rule.method = std::move(method);
    rule.dc = dc;
    rule.skip = skip;
    rule.times = times;
    rule.chance = chance;
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

  temporary_folder folder;
  testing::cluster_options dc_options;
  std::optional<testing::cluster_thread> cluster;

 private:
  static asio::awaitable<void> connect_and(client& user, work todo) {
    co_await user.connect();
    co_await todo(user);
  }
  static asio::awaitable<void> sign_in_and(client& user, work todo) {
    const std::string& token = bot_token;
    if (!user.signed_in()) co_await user.sign_in_bot(token);
    co_await todo(user);
  }
};

}  // namespace mtfetch::tests
