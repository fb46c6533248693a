// SPDX-License-Identifier: BSL-1.0
// A client session in a virtual world: a clock that stands still, seeded randomness, and the
// server's side of the wire in the hands of the test.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/session/client_session.hpp"
#include "mtproto/session/packet.hpp"
#include "mtproto/tl/message_id.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::session::testing {

using namespace std::chrono_literals;

random_source seeded_random(std::uint64_t seed);
crypto::auth_key key_of(std::uint64_t seed);
/// A moment of November 2023 by both clocks.
instant some_moment();

/// A request that nobody knows but the tests: its constructor, then a number.
inline constexpr std::uint32_t ask_id = 0x0a5c0a5c;
bytes ask(std::int32_t number);
/// What is answered to it.
bytes reply(std::int32_t number);
std::int32_t number_in(byte_view body);

/// A message as it stands in a packet or container.
struct wire_message {
  std::int64_t id = 0;
  std::int32_t seqno = 0;
  bytes body;
  std::int64_t container = 0;  ///< 0: it travelled alone
  std::int32_t container_seqno = 0;

  std::uint32_t constructor() const;
  template <class T>
  T as() const {
    return tl::parse<T>(body).value();
  }
};

/// The server's end of the wire: opens packets, seals others, knows no rules.
class wire {
 public:
  wire(crypto::auth_key key, std::int64_t first_salt, random_source random)
      : key_(std::move(key)), random_(std::move(random)), salt(first_salt) {}

  /// Opens a packet of the client and lists its messages. Throws when it is not one.
  std::vector<wire_message> open(tl::packet_buffer& packet);

  /// A message of the server with the next id.
  wire_message make(bytes body, content kind, instant now,
                    tl::message_origin origin = tl::message_origin::server_answer);
  wire_message result(std::int64_t request, byte_view body, instant now);

  /// Seals one message, or several in a container.
  bytes seal(const wire_message& message);
  bytes seal(const std::vector<wire_message>& messages, instant now);
  /// Seals a plaintext as it is: for the packets that no honest server makes.
  bytes seal_raw(byte_view plaintext);

 private:
  crypto::auth_key key_;
  random_source random_;
  tl::message_id_generator ids_;
  sequence sequence_;

 public:
  std::int64_t salt;
  std::int64_t session_id = 0;  ///< of the packet opened last
  std::int64_t salt_seen = 0;   ///< the same
};

struct rig {
  static constexpr std::int64_t first_salt = 0x5a175a17;

  explicit rig(session_config config = quiet(), duration server_offset = {});

  /// No future salts asked for, nothing packed: most tests are about something else.
  static session_config quiet();

  /// All that the client wants to send now.
  std::vector<wire_message> sent();
  /// The same without pings and acknowledgements.
  std::vector<wire_message> sent_requests();
  /// Connects and answers the first ping.
  void connect();
  void reconnect();
  /// Submits ask(number), sends it and gives the message that carries it.
  wire_message send(std::int32_t number, request_options options = {});

  std::error_code deliver(bytes packet);
  std::error_code deliver(const wire_message& message) { return deliver(server.seal(message)); }
  /// Delivers the object in a packet of its own.
  template <class T>
  std::error_code tell(const T& object, content kind = content::unrelated) {
    return deliver(server.make(tl::serialize(object), kind, now));
  }
  std::error_code give(std::int64_t request, byte_view body) {
    return deliver(server.result(request, body, now));
  }
  std::error_code complain(std::int64_t id, std::int32_t code);
  std::error_code refuse_salt(std::int64_t id, std::int64_t salt);

  std::vector<event> events();
  /// The events of one kind; others are dropped.
  template <class T>
  std::vector<T> events_of() {
    std::vector<T> found;
    for (event& each : events()) {
      if (auto* wanted = std::get_if<T>(&each)) found.push_back(std::move(*wanted));
    }
    return found;
  }
  /// The numbers answered since the last call, in order.
  std::vector<std::int32_t> answered();

  void pass(duration time) { now = now + time; }
  /// Passes on to the deadline and does what is due.
  std::error_code pass_to_deadline();

  instant now = some_moment();
  wire server;
  client_session client;
};

}  // namespace mtfetch::session::testing
