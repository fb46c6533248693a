// SPDX-License-Identifier: BSL-1.0
// Fake TLS as a layer, the server's side: as strict as the MTProxies that are known.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mtfetch::proxy_test {

/// Takes one hello, checks its digest, its time and that it was never seen, and answers with the
/// three records. Then it carries bytes in records.
class fake_tls_server {
 public:
  struct options {
    std::array<std::uint8_t, 16> key{};
    std::string domain;
    std::uint32_t unixtime = 0;
    random_source random;
    /// Whether these 16 bytes of a digest come for the first time.
    std::function<bool(byte_view digest)> is_new = [](byte_view) { return true; };
    std::size_t certificate_size = 1472;  ///< of the third record
    std::size_t record_size = 16384;      ///< the most that one record carries
    bool classic_only = false;            ///< takes hellos of 517 bytes only, as old ones do
    /// Answers with another key, as a web site does that knows none.
    std::optional<std::array<std::uint8_t, 16>> answer_key = {};
  };

  explicit fake_tls_server(options how) : how_(std::move(how)) {}

  void start(bytes&) {}
  /// proxy_errc::bad_record, wrong_secret, security_errc::stale_message or replayed_message.
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return answered_; }
  void send(byte_view plain, bytes& wire) const;
  /// Of the hello that came, in bytes of its record.
  std::size_t hello_size() const { return hello_size_; }

 private:
  std::error_code take_hello(byte_view record);
  std::error_code take_records(bytes& plain);
  void answer(byte_view hello, bytes& wire);

  options how_;
  bytes input_;
  std::size_t hello_size_ = 0;
  bool answered_ = false;
  bool finished_ = false;  // the client's ChangeCipherSpec and its first record have come
};

/// What a ClientHello says, read with every length checked; throws std::runtime_error that names
/// what does not fit.
struct client_hello {
  std::string domain;
  std::vector<std::uint16_t> suites;
  std::vector<std::uint16_t> extensions;  ///< in their order
  std::vector<std::pair<std::uint16_t, bytes>> shares;
};
client_hello read_client_hello(byte_view record);

inline bool is_grease(std::uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff);
}

}  // namespace mtfetch::proxy_test
