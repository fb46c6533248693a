// SPDX-License-Identifier: BSL-1.0
// The whole data centre over real sockets, with the library's own client.
#include <gtest/gtest.h>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <mtfetch/api.hpp>
#include <mtfetch/client.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/testing.hpp>
#include <random>

#include "tests/testing/cluster_fixture.hpp"

namespace mtfetch::testing {
namespace {

TEST_F(cluster_test, serves_a_bot_over_every_framing) {
  start();
  for (const bool obfuscated : {false, true}) {
    for (const auto framing : {packet_framing::abridged, packet_framing::intermediate,
                               packet_framing::padded_intermediate}) {
      config given = settings();
      given.wire.framing = framing;
      given.wire.obfuscated = obfuscated;
      with_client(given, [&](client& telegram) -> asio::awaitable<void> {
        co_await telegram.sign_in_bot(bot_token);
        EXPECT_EQ(telegram.user_id(), 4242);
        co_await expect_first_file(telegram);
      });
    }
  }
  EXPECT_GT(dc().counted().bytes_served, 6 * content_.size() - 1);
  EXPECT_GE(dc().counted().handshakes, 6U);
}

TEST_F(cluster_test, serves_a_person_with_code_and_password) {
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    const sent_code sent = co_await telegram.request_code("+1 555 0001");
    co_await telegram.submit_code(sent, "12345");
    EXPECT_FALSE(telegram.signed_in());
    co_await telegram.submit_password("secret words");
    EXPECT_TRUE(telegram.signed_in());
    co_await expect_first_file(telegram);
  });
}

TEST_F(cluster_test, keeps_logins_over_a_restart) {
  dc_options.state = folder / "state";
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    co_await expect_first_file(telegram);
    const auto before = dc().counted();
    cluster->restart();
    co_await expect_first_file(telegram);
    EXPECT_EQ(dc().counted().handshakes, before.handshakes);
  });
}

TEST_F(cluster_test, ends_a_login_in_every_data_centre_and_no_other_login) {
  start();
  const auto with_session = [this](const char* file, work todo) {
    config own = settings();
    own.session_file = folder / file;
    with_client(own, std::move(todo));
  };
  const auto ask_afar = [](client& telegram) -> asio::awaitable<void> {
    api::users::getUsers ask;
    ask.id.emplace_back(api::inputUserSelf());
    invoke_options there;
    there.dc = 4;
    co_await telegram.invoke(ask, there);
  };
  const auto sign_in = [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    co_await ask_afar(telegram);
  };
  with_session("mine", sign_in);
  with_session("other", sign_in);
  std::filesystem::copy(folder / "mine", folder / "copy");
  // Not client::log_out, which destroys the keys as well.
  with_session("mine", [](client& telegram) -> asio::awaitable<void> {
    const api::auth::logOut ask;
    co_await telegram.invoke(ask);
  });
  with_session("copy", [&](client& telegram) -> asio::awaitable<void> {
    EXPECT_TRUE(telegram.signed_in()) << "as far as it knows";
    std::error_code refused;
    try {
      co_await ask_afar(telegram);
    } catch (const error& failed) {
      refused = failed.code();
    }
    EXPECT_EQ(refused, client_errc::not_signed_in);
  });
  with_session("other", ask_afar);
}

TEST_F(cluster_test, gives_an_answer_that_a_lost_connection_swallowed) {
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    fault(reset_connection{}, "contacts.resolveUsername");
    co_await expect_first_file(telegram);
    EXPECT_EQ(dc().counted().calls.at("contacts.resolveUsername"), 1U)
        << "the answer was kept: the call did not run again";
  });
}

TEST_F(cluster_test, changes_salts_under_a_running_client) {
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    for (int i = 0; i < 3; ++i) {
      dc().change_salts();
      co_await expect_first_file(telegram);
    }
  });
}

TEST_F(cluster_test, answers_as_its_faults_say) {
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    fault(answer_error{400, "MADE_UP_5"}, "updates.getState");
    const api::updates::getState ask;
    std::string refused;
    try {
      co_await telegram.invoke(ask);
    } catch (const rpc_error& failed) {
      refused = failed.failure().message;
    }
    EXPECT_EQ(refused, "MADE_UP_5");
    const auto state = co_await telegram.invoke(ask);
    EXPECT_EQ(state.pts, 1);

    const api::document file = co_await first_document(telegram);
    invoke_options there;
    there.dc = file.dc_id;
    fault(corrupt_bytes{}, "upload.getFile");
    fault(cut_bytes{1000}, "upload.getFile");
    const auto ask_part = part_of(file, 0);
    const auto damaged = co_await telegram.invoke(ask_part, there);
    const auto shortened = co_await telegram.invoke(ask_part, there);
    const auto whole = co_await telegram.invoke(ask_part, there);
    const byte_view right = whole.as<api::upload::file>().bytes;
    const byte_view wrong = damaged.as<api::upload::file>().bytes;
    EXPECT_EQ(wrong.size(), right.size());
    EXPECT_FALSE(std::ranges::equal(wrong, right));
    const byte_view part = shortened.as<api::upload::file>().bytes;
    EXPECT_TRUE(std::ranges::equal(part, right.first(1000)));

    dc().expire_file_references();
    try {
      co_await telegram.invoke(ask_part, there);
      refused.clear();
    } catch (const rpc_error& failed) {
      refused = failed.failure().message;
    }
    EXPECT_EQ(refused, "FILE_REFERENCE_EXPIRED");
  });
}

// What comes back on a fresh connection for these bytes, until the server closes it; with `wait`
// false the connection is closed by us.
bytes reply_to(const dc_option& to, byte_view sent, bool wait) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address(to.ip), to.port});
  std::error_code failed;
  asio::write(socket, asio::buffer(sent.data(), sent.size()), failed);
  bytes reply;
  if (wait) asio::read(socket, asio::dynamic_buffer(reply), failed);
  return reply;
}

TEST_F(cluster_test, tells_strangers_that_their_key_is_unknown) {
  start();
  bytes packet(1 + 1 + 24 + 48, 7);
  packet[0] = 0xef;  // abridged
  packet[1] = 18;    // words
  const bytes minus_404 = {0x01, 0x6c, 0xfe, 0xff, 0xff};
  EXPECT_EQ(reply_to(dc().network_file().dcs[0], packet, true), minus_404);
}

TEST_F(cluster_test, sends_the_transport_error_that_a_fault_asks_for) {
  start();
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    fault(transport_error{-429}, "updates.getState");
    const api::updates::getState ask;
    const auto state = co_await telegram.invoke(ask);
    EXPECT_EQ(state.pts, 1) << "a client comes back later";
  });
}

TEST_F(cluster_test, survives_strangers_that_send_nonsense) {
  start();
  const auto to = dc().network_file().dcs[0];
  std::mt19937_64 draw(5);
  for (int round = 0; round < 200; ++round) {
    bytes noise(1 + draw() % 3000);
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(draw());
    // Every framing's first bytes, then noise; some of it shaped like a plaintext message.
    switch (round % 5) {
      case 0:
        noise[0] = 0xef;
        break;
      case 1:
        std::fill_n(noise.begin(), std::min<std::size_t>(4, noise.size()), std::uint8_t{0xee});
        break;
      case 2:
        std::fill_n(noise.begin(), std::min<std::size_t>(4, noise.size()), std::uint8_t{0xdd});
        break;
      case 3:
        noise.resize(200);
        noise[0] = 0xef;
        noise[1] = 48;
        std::fill_n(noise.begin() + 2, 8, std::uint8_t{0});
        break;
      default:
        break;
    }
    reply_to(to, noise, false);
  }
  with_client(settings(), [&](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
  });
}

}  // namespace
}  // namespace mtfetch::testing
