// SPDX-License-Identifier: BSL-1.0
// The program behind a proxy: by flag and by environment, with nobody's password shown.
#include "tests/proxy/proxy_server.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <mtfetch/network.hpp>
#include <thread>

#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

class cli_proxy : public cli {
 protected:
  cli_proxy() : guard_(loop_.get_executor()), thread_([this] { loop_.run(); }) {
    proxy_test::proxy_options how;
    how.user = "ann";
    how.password = "hunter2";
    how.route = [](const std::string& asked) -> std::optional<asio::ip::tcp::endpoint> {
      const std::size_t colon = asked.rfind(':');
      return asio::ip::tcp::endpoint(
          asio::ip::make_address(asked.substr(0, colon)),
          static_cast<std::uint16_t>(std::stoi(asked.substr(colon + 1))));
    };
    server = std::make_unique<proxy_test::proxy_server>(loop_.get_executor(), how);
  }
  ~cli_proxy() override {
    guard_.reset();
    loop_.stop();
    thread_.join();
    server.reset();  // before its loop
  }
  std::string url(const std::string& secret) const {
    return "socks5://ann:" + secret + "@127.0.0.1:" + std::to_string(server->address().port);
  }
  process_options login() const {
    process_options options = command({"login"});
    options.environment["MTFETCH_BOT_TOKEN"] = bot_token;
    return options;
  }

  std::unique_ptr<proxy_test::proxy_server> server;

 private:
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::thread thread_;
};

TEST_F(cli_proxy, is_used_by_every_command) {
  process_options options = login();
  options.environment["MTFETCH_PROXY"] = url("hunter2");
  process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 0) << end.errors;
  const int after_login = server->counts().relayed;
  EXPECT_GE(after_login, 1);
  options = command({"get", "t.me/files/3", "-o", (folder / "out").string()});
  options.environment["MTFETCH_PROXY"] = url("hunter2");
  end = run_process(options);
  EXPECT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(read_file(target("small.txt")), "a small file\n");
  EXPECT_GT(server->counts().relayed, after_login);
}

TEST_F(cli_proxy, that_refuses_is_one_sentence_without_the_password) {
  process_options options = login();
  options.environment.erase("MTFETCH_PROXY");
  options.environment["ALL_PROXY"] = url("hunter3");
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 4);
  EXPECT_NE(end.errors.find("the proxy refuses the user name or the password"), std::string::npos)
      << end.errors;
  EXPECT_EQ(end.errors.find("hunter3"), std::string::npos) << end.errors;
  EXPECT_EQ(server->counts().relayed, 0);
}

TEST_F(cli_proxy, that_makes_no_sense_is_usage) {
  process_end end = run({"info", "t.me/files/3", "--proxy", "socks5://ann:hunter2@nowhere"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(end.errors, "mtfetch: --proxy has no port.\n");
  end = run({"info", "t.me/files/3", "--hello", "modern"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(end.errors, "mtfetch: --hello: 'modern' is none of current, classic.\n");
}

TEST_F(cli_proxy, tells_nobody_its_secrets_on_the_command_line) {
  process_end end = run({"info", "t.me/files/3", "--proxy", url("hunter2")});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(end.errors,
            "mtfetch: --proxy: a password does not belong on the command line, where every process "
            "can read it. Set MTFETCH_PROXY instead.\n");
  end = run({"info", "t.me/files/3", "--proxy",
             "tg://proxy?server=127.0.0.1&port=1&secret=000102030405060708090a0b0c0d0e0f"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(end.errors,
            "mtfetch: --proxy: a secret does not belong on the command line, where every process "
            "can read it. Set MTFETCH_PROXY instead.\n");
  EXPECT_EQ(server->counts().accepted, 0);
}

TEST_F(cli_proxy, is_gone_around_whatever_the_environment_says) {
  sign_in_as_bot();
  process_options options = command({"get", "t.me/files/3", "-o", (folder / "out").string()});
  options.environment.erase("MTFETCH_PROXY");
  options.environment["ALL_PROXY"] = "socks4://of:no@kind";
  process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("ALL_PROXY must begin with"), std::string::npos) << end.errors;
  options.command.insert(options.command.end(), {"--proxy", "none"});
  end = run_process(options);
  EXPECT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(read_file(target("small.txt")), "a small file\n");
}

}  // namespace
}  // namespace mtfetch::tests
