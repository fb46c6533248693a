// SPDX-License-Identifier: BSL-1.0
// The client's half of the creation of an authorization key, without I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/result.hpp>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/crypto/rsa.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/handshake/established.hpp"
#include "mtproto/tl/message_id.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::handshake {

struct client_options {
  /// In order of preference: the first one that the server offers is used.
  std::vector<crypto::rsa_public_key> keys;
  /// The data centre as the protocol writes it: n, n + 10000 for a test one, negative for one that
  /// serves media only. See dc_field.
  std::int32_t dc = 0;
  /// Asks for a temporary key that lives so many seconds.
  std::optional<std::int32_t> expires_in;
  /// How often the server may ask for another key before the exchange is given up.
  int max_retries = 5;
  /// A prime, other than the well-known one, that was tested earlier and found safe.
  bytes known_safe_prime;
};

/// The `dc` field of p_q_inner_data_dc.
constexpr std::int32_t dc_field(std::int32_t dc, bool test, bool media_only) {
  const std::int32_t id = test ? dc + 10000 : dc;
  return media_only ? -id : id;
}

/// Makes one key. Packets in and out are whole plaintext messages (auth_key_id 0, msg_id, length,
/// body), unframed. Every check of the security guidelines is made; the first one that fails ends
/// the machine: nothing but the error comes out of it, and the connection must be closed.
/// https://core.telegram.org/mtproto/auth_key
class client {
 public:
  client(client_options options, random_source random);

  /// The first packet. Called again, on another connection say, it begins anew.
  bytes start(instant now);

  /// Takes a packet of the server. Gives the packet to send next; nothing when there is none (done,
  /// or a message that asks for no answer). Errors: security_errc for a check that failed,
  /// protocol_errc for what cannot be read or is out of turn.
  result<std::optional<bytes>> receive(byte_view packet, instant now);

  bool done() const { return std::holds_alternative<established>(step_); }
  /// The key; once, and only when done() (std::bad_variant_access otherwise).
  established take();

  /// The unknown prime that this exchange tested and found safe, to be remembered; else empty.
  const bytes& tested_prime() const { return tested_prime_; }

 private:
  // One struct for each thing that may have been sent last, with what must be known for the answer.
  struct idle {};
  struct asked_pq {
    tl::int128 nonce;
  };
  struct asked_params {
    tl::int128 nonce;
    tl::int128 server_nonce;
    crypto::secret<32> new_nonce;
    instant asked_at;
  };
  struct group {
    bytes prime;
    std::int32_t g;
    bytes g_a;
    std::chrono::seconds server_offset;
  };
  struct sent_public {
    asked_params asked;
    group agreed;
    crypto::auth_key key;
    int retries;
  };
  struct finished {};
  using step = std::variant<idle, asked_pq, asked_params, sent_public, established, finished,
                            std::error_code>;
  using reply = result<std::optional<bytes>>;

  reply on_message(asked_pq state, byte_view body, instant now);
  reply on_message(asked_params state, byte_view body, instant now);
  reply on_message(sent_public state, byte_view body, instant now);
  std::error_code check(const group& offered);
  reply send_public(asked_params asked, group agreed, std::int64_t retry_id, int retries,
                    instant now);
  bytes seal_plain(byte_view body, instant now, std::chrono::seconds server_offset);

  client_options options_;
  random_source random_;
  tl::message_id_generator ids_;
  bytes tested_prime_;
  step step_;
};

}  // namespace mtfetch::handshake
