// SPDX-License-Identifier: BSL-1.0
// A client written by hand, message by message, against one server session in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mtfetch/mtproto_types.hpp>
#include <optional>
#include <random>
#include <vector>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/session/container.hpp"
#include "mtproto/session/packet.hpp"
#include "mtproto/testing/protocol/server_session.hpp"
#include "mtproto/tl/message_id.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/packet_buffer.hpp"

namespace mtfetch::testing {

inline random_source seeded(std::uint64_t seed) {
  auto draw = std::make_shared<std::mt19937_64>(seed);
  return [draw](byte_span to) {
    for (std::uint8_t& byte : to) byte = static_cast<std::uint8_t>((*draw)());
  };
}

inline instant some_moment() {
  return {time_point(std::chrono::hours(1)),
          std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000))};
}

/// One message that the server sent, taken out of its packet or container.
struct sent_message {
  std::int64_t id = 0;
  std::int32_t seqno = 0;
  bytes body;

  std::uint32_t constructor() const { return tl::reader(body).u32(); }
  template <class T>
  T as() const {
    auto value = tl::parse<T>(body);
    EXPECT_TRUE(value) << "not a " << T::tl_name << ": " << std::hex << constructor();
    return value ? std::move(*value) : T();
  }
};

class scripted_client {
 public:
  static constexpr std::int64_t first_salt = 77;
  static constexpr std::int64_t session_id = 4242;

  explicit scripted_client(instant at = some_moment())
      : now(at),
        key(key_bytes()),
        salts(first_salt, unix_now(), seeded(1)),
        session(std::make_unique<server_session>(session_id, salts, seeded(2))) {}

  std::int64_t unix_now() const {
    return std::chrono::duration_cast<std::chrono::seconds>(now.wall.time_since_epoch()).count();
  }
  void pass(std::chrono::seconds time) { now = now + time; }

  std::int64_t next_id() { return ids_.next(now, duration::zero()); }
  std::int32_t next_seqno(bool content) {
    return content ? 2 * content_sent_++ + 1 : 2 * content_sent_;
  }

  /// Sends one message alone in its packet, as it is.
  void deliver(std::int64_t id, std::int32_t seqno, bytes body, std::int64_t salt = first_salt) {
    const shared_bytes held(std::move(body));
    client_message message;
    message.id = id;
    message.seqno = seqno;
    message.body = held.view();
    message.owner = held.owner();
    session->receive(message, salt, now);
  }
  /// A message with the next id and sequence number; its id.
  template <class T>
  std::int64_t send(const T& object, bool content = true) {
    const std::int64_t id = next_id();
    deliver(id, next_seqno(content), tl::serialize(object));
    return id;
  }

  /// A container of messages that were given their ids before.
  struct part {
    std::int64_t id;
    std::int32_t seqno;
    bytes body;
  };
  static bytes container(const std::vector<part>& parts) {
    tl::packet_buffer out;
    out.clear();
    session::container_writer write(out);
    for (const part& one : parts) write.add(one.id, one.seqno, one.body);
    write.finish();
    const byte_span all = out.payload();
    return {all.begin(), all.end()};
  }

  /// The calls that the server is to run now.
  std::vector<call> calls() {
    std::vector<call> found;
    while (auto event = session->poll_event()) {
      if (auto* made = std::get_if<call>(&*event)) found.push_back(std::move(*made));
    }
    return found;
  }

  /// All that the server sends now.
  std::vector<sent_message> received() {
    std::vector<sent_message> found;
    tl::packet_buffer out;
    while (session->poll_transmit(out, now)) {
      crypto::seal(out.payload(), key, crypto::side::server);
      const auto opened =
          session::open_packet(out.payload(), key, crypto::side::server, session::tail::refuse);
      EXPECT_TRUE(opened);
      if (!opened) break;
      EXPECT_EQ(opened->head.session_id, session_id);
      const byte_view body = opened->body;
      if (!session::is_container(body)) {
        found.push_back({opened->head.message_id, opened->head.seqno, {body.begin(), body.end()}});
        continue;
      }
      session::container_reader in(body);
      while (const auto one = in.next()) {
        EXPECT_LT(one->message_id, opened->head.message_id);
        found.push_back({one->message_id, one->seqno, {one->body.begin(), one->body.end()}});
      }
      EXPECT_FALSE(in.error());
    }
    return found;
  }

  /// The first message of a kind among those the server sends now.
  template <class T>
  std::optional<T> expect() {
    for (const sent_message& one : received()) {
      if (one.constructor() == T::tl_id) return one.as<T>();
    }
    ADD_FAILURE() << "no " << T::tl_name << " came";
    return std::nullopt;
  }
  /// The code of the bad_msg_notification that comes now; 0 for none.
  std::int32_t refused_with() {
    for (const sent_message& one : received()) {
      if (one.constructor() == mtproto::bad_msg_notification::tl_id) {
        return one.as<mtproto::bad_msg_notification>().error_code;
      }
    }
    return 0;
  }

  instant now;
  crypto::auth_key key;
  salt_schedule salts;
  std::unique_ptr<server_session> session;

 private:
  static std::array<std::uint8_t, 256> key_bytes() {
    std::array<std::uint8_t, 256> made{};
    seeded(3)(made);
    return made;
  }

  tl::message_id_generator ids_;
  std::int32_t content_sent_ = 0;
};

/// Any method call; the session does not look into it.
inline bytes some_call(std::uint32_t number = 0) {
  bytes made;
  tl::writer out(made);
  out.u32(0xc4f9186b);
  out.u32(number);
  return made;
}

}  // namespace mtfetch::testing
