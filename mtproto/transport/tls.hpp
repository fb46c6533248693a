// SPDX-License-Identifier: BSL-1.0
// TLS as a layer: OpenSSL over its memory BIOs, so that bytes and not sockets go in and out.
#pragma once

#include <cstdint>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>
#include <string>
#include <system_error>

namespace mtfetch::transport {

/// What the connections of one side share: whom a client trusts, or what a server shows. Copies are
/// the same context; may be used from several threads.
class tls_context {
 public:
  /// A client's. `authorities` is PEM, the only ones that are trusted; empty: the system's.
  /// client_errc::bad_config when the text is no certificate.
  static result<tls_context> client(const std::string& authorities);
  /// A server's: its certificate (with those between it and the authority behind it) and private
  /// key, PEM. client_errc::bad_config when they are none, or do not belong together.
  static result<tls_context> server(const std::string& certificate, const std::string& private_key);

 private:
  friend class tls;
  explicit tls_context(std::shared_ptr<void> state) : state_(std::move(state)) {}
  std::shared_ptr<void> state_;  // an SSL_CTX
};

/// One TLS connection, 1.2 or later. Move-only; one thread at a time.
class tls {
 public:
  /// A client's: `host` is asked for by SNI and must be in the certificate; an IP address is looked
  /// for among its addresses. `unix_now`, in seconds, is what validity is judged by.
  static tls client(const tls_context& context, const std::string& host, std::int64_t unix_now);
  static tls server(const tls_context& context);

  void start(bytes& wire);
  /// transport_errc::certificate_not_trusted, certificate_wrong_name or certificate_expired when
  /// the server is not believed; tls_failed for everything else that goes wrong; closed when the
  /// peer says that it is done. Alerts for the peer are in `wire` then.
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return open_; }
  void send(byte_view plain, bytes& wire);

 private:
  struct state;
  struct release {
    void operator()(state* s) const;
  };
  explicit tls(const tls_context& context);
  void take_wire(bytes& wire);
  std::error_code why(int returned) const;

  std::unique_ptr<state, release> state_;
  bool open_ = false;
};

}  // namespace mtfetch::transport
