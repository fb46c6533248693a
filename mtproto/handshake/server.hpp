// SPDX-License-Identifier: BSL-1.0
// The server's half of the creation of an authorization key, without I/O, tolerant by design.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/mtproto_types.hpp>
#include <optional>
#include <vector>

#include "mtproto/crypto/rsa.hpp"
#include "mtproto/handshake/established.hpp"
#include "mtproto/tl/message_id.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::handshake {

/// The three ends of an exchange: dh_gen_ok, dh_gen_retry, dh_gen_fail.
enum class verdict { ok, retry, fail };

/// Where a server lies, for tests of clients. Each is called, where set, with what is about to be
/// sent; what the server itself remembers and computes stays true.
struct server_lies {
  std::function<void(mtproto::resPQ&)> res_pq;
  std::function<void(mtproto::server_DH_inner_data&)> dh_inner;
  /// SHA-1, serialized server_DH_inner_data and padding, before encryption.
  std::function<void(bytes&)> dh_plaintext;
  std::function<void(mtproto::Server_DH_Params&)> dh_params;
  std::function<void(mtproto::Set_client_DH_params_answer&)> dh_gen;
  /// Any whole packet, last of all.
  std::function<void(bytes&)> packet;
};

struct server_options {
  /// In the order in which they are offered.
  std::vector<crypto::rsa_private_key> keys;
  /// The number of this data centre, 1..; inner data that names another one (production, test or
  /// media form) is answered with -444. 0: any.
  std::int32_t dc = 0;
  /// The group that is offered; the default is Telegram's own. It is not checked.
  bytes prime;
  std::int32_t g = 3;
  /// A temporary key lives at most so many seconds, whatever the client asks for.
  std::int32_t max_expires_in = 7 * 24 * 3600;
  /// Exchanges that one machine remembers; the oldest is forgotten first.
  std::size_t max_exchanges = 8;
  /// Whether a key of this id exists already: then dh_gen_retry.
  std::function<bool(std::int64_t)> key_exists;
  /// What to answer to the client's public number; `attempt` counts from 0. Nothing: as it should.
  std::function<std::optional<verdict>(int attempt)> force_verdict;
  server_lies lies;
};

/// Serves the key exchanges of one connection, or of several that share it. Unlike the client it is
/// tolerant: a new req_pq or req_pq_multi may come at any step, a query that comes again is
/// answered with the same bytes, RSA_PAD and the SHA-1 padding are both read, inner data may come
/// with and without dc and temporary or not, g_b may have any length. What does not fit gets -404.
/// https://core.telegram.org/mtproto/auth_key
class server {
 public:
  server(server_options options, random_source random);
  /// A copy goes on from the same step by itself.
  server(const server&);
  server& operator=(const server&);
  server(server&&) noexcept;
  server& operator=(server&&) noexcept;
  ~server();

  struct reply {
    std::optional<bytes> packet;
    /// A key was made, and `packet` is the dh_gen_ok that says so. Store it before sending.
    std::optional<established> key;
    /// Send this transport error and close.
    std::optional<std::int32_t> transport_error;
  };

  /// Takes a plaintext message. A reply may be empty: msgs_ack needs no answer.
  reply receive(byte_view packet, instant now);

 private:
  struct exchange;

  reply on_req_pq(byte_view body, instant now);
  reply on_req_dh_params(byte_view body, instant now);
  reply on_client_dh(byte_view body, instant now);
  /// Puts the answer in its envelope and remembers it for when the query comes again.
  reply answer(exchange& to, byte_view query, bytes body, instant now);
  bytes offer_group(exchange& to, instant now);
  reply conclude(exchange& of, byte_view query, const crypto::auth_key& key, verdict outcome,
                 instant now);
  exchange* find(const tl::int128& nonce, const tl::int128& server_nonce);

  server_options options_;
  random_source random_;
  tl::message_id_generator ids_;
  std::list<exchange> exchanges_;
};

}  // namespace mtfetch::handshake
