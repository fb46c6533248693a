// SPDX-License-Identifier: BSL-1.0
// What the library's own client does not do: quick acks, wrong data centres, temporary keys.
// Packets are made by hand, over a real connection.
#include <gtest/gtest.h>

#include <algorithm>
#include <asio/ip/tcp.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <mtfetch/api.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/mtproto_types.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/testing.hpp>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/crypto/random.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/net/key_exchange.hpp"
#include "mtproto/session/packet.hpp"
#include "mtproto/tl/object.hpp"
#include "tests/net/loop.hpp"
#include "tests/testing/served_folder.hpp"

namespace mtfetch::testing {
namespace {

class wire : public ::testing::Test {
 protected:
  wire() : home_(asio::ip::make_address("127.0.0.1"), 0) {
    folder_.add("a.bin", 1000);
    cluster_options options;
    options.serve = folder_.path();
    options.dcs = {2};
    bot robot;
    robot.token = "777:robot";
    options.bots.push_back(robot);
    centre_.emplace(options);
    home_.port(centre_->dc().network_file().dcs.at(0).port);
  }

  handshake::client_options exchange_options(std::int32_t dc = 2) {
    handshake::client_options options;
    const std::string pem = centre_->dc().network_file().rsa_keys.at(0);
    options.keys.push_back(crypto::rsa_public_key::from_pem(pem).value());
    options.dc = dc;
    return options;
  }

  net::framed_socket open(transport::framing kind) {
    asio::ip::tcp::socket socket(loop_);
    socket.connect(home_);
    transport::stream_options options;
    options.kind = kind;
    options.obfuscated = false;
    return {std::move(socket), transport::stream::client(options, crypto::system_random())};
  }
  asio::awaitable<net::keyed_socket> keyed(transport::framing kind,
                                           handshake::client_options options) {
    auto way = open(kind);
    co_return co_await net::exchange_key(std::move(way), std::move(options),
                                         crypto::system_random(),
                                         net::now().mono + std::chrono::seconds(10));
  }

  // Sends one message alone in its packet; the quick ack token that it deserves.
  static asio::awaitable<std::uint32_t> send(net::keyed_socket& to, std::int64_t session,
                                             std::int64_t id, std::int32_t seqno, bytes body,
                                             bool quick_ack) {
    tl::packet_buffer packet;
    session::begin_packet(packet);
    packet.append_bytes(body);
    session::envelope head;
    head.salt = to.key.server_salt;
    head.session_id = session;
    head.message_id = id;
    head.seqno = seqno;
    session::close_packet(packet, head, crypto::system_random());
    const byte_view text = packet.payload().subspan(crypto::packet_head);
    const std::uint32_t token = crypto::quick_ack_token(text, to.key.key);
    crypto::seal(packet.payload(), to.key.key, crypto::side::client);
    EXPECT_FALSE(to.way.stream.frame(packet, quick_ack));
    const byte_view framed = std::as_const(packet).payload();
    const asio::const_buffer out(framed.data(), framed.size());
    co_await asio::async_write(to.way.socket, out, asio::use_awaitable);
    co_return token;
  }

  // The next thing that comes.
  static asio::awaitable<transport::received> next(net::keyed_socket& from) {
    while (true) {
      auto ready = from.way.stream.next();
      if (ready) co_return std::move(*ready);
      const byte_span room = from.way.stream.prepare();
      const asio::mutable_buffer target(room.data(), room.size());
      const std::size_t count =
          co_await from.way.socket.async_read_some(target, asio::use_awaitable);
      EXPECT_FALSE(from.way.stream.commit(count));
    }
  }

  // The result of a call, whatever else comes before it.
  static asio::awaitable<bytes> result_of(net::keyed_socket& from, std::int64_t call) {
    while (true) {
      auto came = co_await next(from);
      auto* packet = std::get_if<transport::packet>(&came);
      if (packet == nullptr) continue;
      const auto opened = session::open_packet(packet->data, from.key.key, crypto::side::server,
                                               session::tail::cut);
      EXPECT_TRUE(opened);
      if (!opened) co_return bytes();
      // A container or a message alone: the result stands behind its constructor and the call's id.
      bytes wanted;
      tl::writer out(wanted);
      out.u32(mtproto::rpc_result::tl_id);
      out.i64(call);
      const byte_view body = opened->body;
      const auto found = std::search(body.begin(), body.end(), wanted.begin(), wanted.end());
      if (found == body.end()) continue;
      co_return bytes(found + static_cast<std::ptrdiff_t>(wanted.size()), body.end());
    }
  }

  static std::int64_t fresh_id() {
    tl::message_id_generator ids;
    return ids.next(net::now(), duration::zero());
  }

  asio::io_context loop_;
  served_folder folder_;
  std::optional<cluster_thread> centre_;
  asio::ip::tcp::endpoint home_;
};

TEST_F(wire, acknowledges_at_once_when_asked_to) {
  auto script = [&](transport::framing kind) -> asio::awaitable<void> {
    auto options = exchange_options();
    auto way = co_await keyed(kind, std::move(options));
    const bytes ping = tl::serialize(mtproto::ping{});
    const std::uint32_t token = co_await send(way, 5, fresh_id(), 0, ping, true);
    const auto first = co_await next(way);
    const auto* ack = std::get_if<transport::quick_ack>(&first);
    EXPECT_NE(ack, nullptr);
    if (ack != nullptr) {
      EXPECT_EQ(ack->token, token);
    }
    const auto second = co_await next(way);
    EXPECT_TRUE(std::holds_alternative<transport::packet>(second));
  };
  for (const auto kind : {transport::framing::abridged, transport::framing::intermediate,
                          transport::framing::padded_intermediate}) {
    net_test::run(loop_, script(kind));
  }
}

TEST_F(wire, refuses_a_key_for_another_data_centre) {
  auto script = [&]() -> asio::awaitable<void> {
    std::error_code why;
    auto options = exchange_options(4);
    try {
      co_await keyed(transport::framing::abridged, std::move(options));
    } catch (const std::system_error& failed) {
      why = failed.code();
    }
    EXPECT_EQ(why, transport_errc::wrong_dc);
  };
  net_test::run(loop_, script());
}

bytes wrapped(const bytes& query) {
  api::initConnection connection;
  connection.api_id = 1;
  connection.query = bytes(query);
  api::invokeWithLayer layer;
  layer.layer = 228;
  layer.query = tl::serialize(connection);
  return tl::serialize(layer);
}

TEST_F(wire, lets_a_temporary_key_speak_for_its_permanent_one) {
  constexpr std::int64_t session = 99;
  auto script = [&]() -> asio::awaitable<void> {
    auto lasting = exchange_options();
    auto permanent = co_await keyed(transport::framing::abridged, std::move(lasting));
    api::auth::importBotAuthorization sign_in;
    sign_in.bot_auth_token = "777:robot";
    const std::int64_t signing_in = fresh_id();
    const bytes sign_in_call = wrapped(tl::serialize(sign_in));
    co_await send(permanent, 5, signing_in, 1, sign_in_call, false);
    const bytes signed_in = co_await result_of(permanent, signing_in);
    EXPECT_NE(tl::reader(signed_in).u32(), mtproto::rpc_error::tl_id);

    auto options = exchange_options();
    options.expires_in = 3600;
    auto temporary = co_await keyed(transport::framing::abridged, options);
    const bytes ask = wrapped(tl::serialize(api::updates::getState{}));
    const std::int64_t too_early = fresh_id();
    co_await send(temporary, session, too_early, 1, ask, false);
    const bytes refused = co_await result_of(temporary, too_early);
    EXPECT_NE(as_text(refused).find("AUTH_KEY_PERM_EMPTY"), std::string_view::npos);

    const std::int64_t binding = fresh_id();
    mtproto::bind_auth_key_inner inner;
    inner.nonce = 7;
    inner.temp_auth_key_id = temporary.key.key.id();
    inner.perm_auth_key_id = permanent.key.key.id();
    inner.temp_session_id = session;
    inner.expires_at = temporary.key.expires_at;
    bytes plain(16, 1);
    tl::writer out(plain);
    out.i64(binding);
    out.i32(0);
    out.i32(40);
    out.raw(tl::serialize(inner));
    api::auth::bindTempAuthKey bind;
    bind.perm_auth_key_id = inner.perm_auth_key_id;
    bind.nonce = inner.nonce;
    bind.expires_at = inner.expires_at;
    bind.encrypted_message = crypto::seal_v1(plain, permanent.key.key, crypto::system_random());
    const bytes bind_call = tl::serialize(bind);
    co_await send(temporary, session, binding, 3, bind_call, false);
    const bytes bound = co_await result_of(temporary, binding);
    EXPECT_EQ(tl::reader(bound).u32(), tl::bool_true_id);

    const std::int64_t asking = fresh_id();
    co_await send(temporary, session, asking, 5, ask, false);
    const bytes state = co_await result_of(temporary, asking);
    EXPECT_EQ(tl::reader(state).u32(), api::updates::state::tl_id);
  };
  net_test::run(loop_, script());
}

}  // namespace
}  // namespace mtfetch::testing
