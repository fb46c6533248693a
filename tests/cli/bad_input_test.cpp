// SPDX-License-Identifier: BSL-1.0
// What people get wrong and what goes wrong around them: one clear sentence, the right exit code,
// nothing lost.
#include <unistd.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <memory>
#include <mtfetch/network.hpp>
#include <thread>

#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(cli, a_wrong_link_is_refused_before_any_network) {
  process_options options = command({"get", "https://example.org/files/1"});
  options.environment["MTFETCH_NETWORK"] = (folder / "none.json").string();
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("https://example.org/files/1"), std::string::npos) << end.errors;
  EXPECT_EQ(lines(end.errors), 1U) << end.errors;
}

TEST_F(cli, an_unknown_command_or_flag_is_usage) {
  EXPECT_EQ(run({"fetch"}).exit_code, 2);
  EXPECT_EQ(run({"get", "t.me/files/1", "--no-such-flag"}).exit_code, 2);
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"--help"}).exit_code, 0);
}

TEST_F(cli, a_message_that_is_not_there_is_named) {
  sign_in_as_bot();
  const process_end end = run({"get", "t.me/files/77", "-o", (folder / "out").string()});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find("t.me/files/77"), std::string::npos) << end.errors;
}

TEST_F(cli, a_channel_that_is_not_there_is_named) {
  sign_in_as_bot();
  const process_end end = run({"info", "t.me/nobody_at_all/1"});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find("nobody_at_all"), std::string::npos) << end.errors;
}

TEST_F(cli, one_bad_link_does_not_hold_up_the_others) {
  sign_in_as_bot();
  const process_end end =
      run({"get", "t.me/files/77", "t.me/files/3", "-o", (folder / "out").string()});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(read_file(target("small.txt")), "a small file\n");
}

TEST_F(cli, a_file_that_is_gone_from_the_server_is_named) {
  sign_in_as_bot();
  cluster->dc().faults().add({.method = "upload.getFile",
                              .times = 0,
                              .action = testing::answer_error{400, "FILE_ID_INVALID"}});
  const process_end end = run({"get", "t.me/files/3", "-o", (folder / "out").string()});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find("small.txt"), std::string::npos) << end.errors;
  EXPECT_NE(end.errors.find("FILE_ID_INVALID"), std::string::npos) << end.errors;
}

TEST_F(cli, a_login_that_is_lost_in_the_middle_says_what_to_do) {
  sign_in_as_bot();
  cluster->dc().faults().add({.method = "upload.getFile",
                              .times = 0,
                              .action = testing::answer_error{401, "SESSION_REVOKED"}});
  const process_end end = run({"get", "t.me/files/3", "-o", (folder / "out").string()});
  EXPECT_EQ(end.exit_code, 3) << end.errors;
  EXPECT_NE(end.errors.find("SESSION_REVOKED"), std::string::npos) << end.errors;
  EXPECT_NE(end.errors.find("mtfetch login"), std::string::npos) << end.errors;
}

TEST_F(cli, a_wrong_network_file_is_named_with_its_field) {
  write_file(folder / "network.json", R"({"name":"local","home_dc":"two","dcs":[],"rsa_keys":[]})");
  const process_end end = run({"get", "t.me/files/1"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("network.json"), std::string::npos) << end.errors;
  EXPECT_NE(end.errors.find("home_dc"), std::string::npos) << end.errors;
}

TEST_F(cli, a_missing_api_id_says_where_to_get_one) {
  process_options options = command({"get", "t.me/files/1"});
  options.environment.erase("MTFETCH_API_ID");
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("my.telegram.org"), std::string::npos) << end.errors;
}

TEST_F(cli, a_session_file_that_is_none_is_named_and_left_alone) {
  write_file(folder / "session", "not a session");
  const process_end end = run({"get", "t.me/files/1"});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find((folder / "session").string()), std::string::npos) << end.errors;
  EXPECT_EQ(read_file(folder / "session"), "not a session");
}

TEST_F(cli, a_server_that_is_not_there_is_a_network_error) {
  sign_in_as_bot();
  cluster.reset();
  const process_end end = run({"get", "t.me/files/1", "-o", (folder / "out").string()});
  EXPECT_EQ(end.exit_code, 4) << end.errors;
  EXPECT_NE(end.errors.find("127.0.0.1"), std::string::npos) << end.errors;
}

TEST_F(cli, a_server_killed_in_the_middle_loses_nothing) {
  sign_in_as_bot();
  process_options options =
      command({"get", "t.me/files/1", "-o", (folder / "out").string(), "--json"});
  cluster->dc().faults().add({.method = "upload.getFile",
                              .skip = 20,
                              .times = 0,
                              .action = testing::delay_answer{std::chrono::hours(1)}});
  options.on_line = [this](std::string_view line, pid_t) {
    const auto event = nlohmann::json::parse(line);
    if (cluster && event.at("event") == "progress" && event.at("done").get<std::int64_t>() > 0) {
      cluster.reset();
    }
  };
  const process_end end = run_process(options);
  EXPECT_TRUE(end.exit_code == 4 || end.exit_code == 1) << end.exit_code << end.output;
  EXPECT_TRUE(std::filesystem::exists(target("big.bin.part")));

  cluster = std::make_unique<testing::cluster_thread>(dc_options);
  write_file(folder / "network.json", cluster->dc().network_file().to_json());
  const process_end again = run({"get", "t.me/files/1", "-o", (folder / "out").string()});
  ASSERT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
}

TEST_F(cli, a_packet_of_garbage_is_survived) {
  sign_in_as_bot();
  cluster->dc().faults().add(
      {.method = "upload.getFile", .skip = 3, .action = testing::garbage_packet{}});
  cluster->dc().faults().add(
      {.method = "upload.getFile", .skip = 9, .action = testing::garbage_answer{}});
  const process_end end = run({"get", "t.me/files/1", "-o", (folder / "out").string()});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
}

// Answers whatever comes with random bytes, on the port that the network file names.
class garbage_server {
 public:
  garbage_server() : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}) {
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~garbage_server() {
    context_.stop();
    thread_.join();
  }
  garbage_server(const garbage_server&) = delete;
  garbage_server& operator=(const garbage_server&) = delete;
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept([this](std::error_code failed, asio::ip::tcp::socket socket) {
      if (failed) return;
      auto peer = std::make_shared<asio::ip::tcp::socket>(std::move(socket));
      auto room = std::make_shared<std::array<char, 1024>>();
      peer->async_read_some(asio::buffer(*room), [peer, room](std::error_code, std::size_t) {
        auto garbage = std::make_shared<std::string>(random_text(4096, 7));
        asio::async_write(*peer, asio::buffer(*garbage),
                          [peer, garbage](std::error_code, std::size_t) {});
      });
      accept();
    });
  }
  asio::io_context context_{1};
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

TEST_F(cli, a_server_that_sends_nothing_but_garbage_is_a_network_error) {
  sign_in_as_bot();
  const garbage_server server;
  network lies = cluster->dc().network_file();
  for (dc_option& option : lies.dcs) option.port = server.port();
  write_file(folder / "network.json", lies.to_json());
  const process_end end = run({"get", "t.me/files/1", "-o", (folder / "out").string()});
  EXPECT_EQ(end.exit_code, 4) << end.errors;
  EXPECT_EQ(lines(end.errors), 1U) << end.errors;
}

TEST_F(cli, corrupt_bytes_are_fetched_again) {
  sign_in_as_bot();
  cluster->dc().faults().add(
      {.method = "upload.getFile", .skip = 5, .times = 2, .action = testing::corrupt_bytes{}});
  const process_end end = run({"get", "t.me/files/1", "-o", (folder / "out").string()});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
}

// A file system of 8 MiB, mounted where only the child sees it.
TEST_F(cli, a_full_disk_stops_cleanly_and_goes_on_when_there_is_room) {
  sign_in_as_bot();
  const std::filesystem::path out = folder / "out";
  std::filesystem::create_directories(out);
  const auto in_mount = [&](const std::string& script) {
    process_options options = command({});
    options.command = {"unshare", ::getuid() == 0 ? "-m" : "-rm", "sh", "-c", script};
    return options;
  };
  const std::string mount = "mount -t tmpfs -o size=8m tmpfs '" + out.string() + "'";
  if (run_process(in_mount(mount)).exit_code != 0) {
    GTEST_SKIP() << "this machine lets no test mount a small file system";
  }
  const std::string get =
      std::string(MTFETCH_PROGRAM) + " get t.me/files/1 -o '" + out.string() + "'";
  const process_end end = run_process(in_mount(
      mount + " && " + get + "; code=$?; ls '" + out.string() + "'; mount -o remount,size=64m '" +
      out.string() + "' && " + get + " && cmp '" + (out / "big.bin").string() + "' '" +
      (folder / "source" / "big.bin").string() + "' && exit $code"));
  EXPECT_EQ(end.exit_code, 1) << end.errors;
  EXPECT_NE(end.errors.find("the disk is full"), std::string::npos) << end.errors;
  EXPECT_NE(end.errors.find("big.bin"), std::string::npos) << end.errors;
  // It was noticed before the first byte, so that nothing is left.
  EXPECT_EQ(end.output.find("big.bin.part"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("verified"), std::string::npos) << end.output;
}

}  // namespace
}  // namespace mtfetch::tests
