// SPDX-License-Identifier: BSL-1.0
// Fake TLS as a layer, the client's side: a hello that proves the secret, then records.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <system_error>

#include "mtproto/transport/fake_tls_hello.hpp"
#include "mtproto/transport/proxy_secret.hpp"

namespace mtfetch::transport {

/// The most that one record carries: as sent, and as taken (RFC 8446, 5.2).
inline constexpr std::size_t largest_record_sent = 2878;
inline constexpr std::size_t largest_record = 16384 + 256;

/// Whether a server that sent these records knows the key: their random is the HMAC of the client's
/// random and of them. Compares in constant time; the records' random is zero afterwards.
/// `records` are at least the whole first one.
bool proves_secret(byte_view key, byte_view client_random, byte_span records);

/// What a record begins with: its type, the version, the length.
inline constexpr std::size_t record_head = 5;

/// Nothing in it is encrypted: what looks like TLS only carries the obfuscated stream. The server
/// must answer with exactly three records that prove the secret; what it sends in the records after
/// that is the stream. Errors are proxy_errc.
class fake_tls_client {
 public:
  /// `secret` is of the kind fake_tls. `unixtime` by this machine's clock: servers take hellos of
  /// the last minutes only. `shape`, one of `shapes`, must outlive the layer.
  fake_tls_client(const proxy_secret& secret, std::uint32_t unixtime, const random_source& random,
                  hello_shape shape)
      : fake_tls_client(secret, unixtime, draw_hello(random), shape) {}
  /// The same with what was drawn for the hello.
  fake_tls_client(const proxy_secret& secret, std::uint32_t unixtime, hello_draws drawn,
                  hello_shape shape);

  void start(bytes& wire);
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return open_; }
  /// The first call's bytes go out together with what ends the handshake; servers expect at least
  /// the 64 bytes of obfuscation's greeting in them.
  void send(byte_view plain, bytes& wire);

 private:
  std::error_code take_hello();
  std::error_code take_records(byte_view data, bytes& plain);

  proxy_secret secret_;
  std::uint32_t unixtime_;
  hello_draws drawn_;
  hello_shape shape_;
  std::array<std::uint8_t, 32> random_sent_{};
  std::array<std::uint8_t, 32> session_{};
  bytes input_;            // of the server's hello, as far as it has come
  std::size_t taken_ = 0;  // how much of it the three records had
  bytes head_;             // of a record, when it is not whole
  std::size_t left_ = 0;   // of the record's content
  bool open_ = false;
  bool finished_ = false;  // the handshake's last word has been said
};

}  // namespace mtfetch::transport
