// SPDX-License-Identifier: BSL-1.0
// Every error of the library: one enumeration a category, one family of exceptions at the edge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace mtfetch {

/// Bytes that are not the protocol they claim to be.
enum class protocol_errc {
  truncated = 1,        ///< the data ends before the value does
  trailing_bytes,       ///< data is left over after the value
  unknown_constructor,  ///< a constructor id that the schema does not have
  wrong_constructor,    ///< a known constructor where another type is expected
  bad_length,           ///< a count or length larger than what is left, or negative
  too_deep,             ///< values nested deeper than the limit
  bad_value,            ///< a value outside its type: a Bool that is neither, bad padding
  gzip_corrupt,         ///< gzip_packed data that does not inflate
  gzip_too_large,       ///< gzip_packed data that inflates past the limit
  bad_message,          ///< a message or container that breaks the rules of its envelope
  unexpected_message,   ///< a handshake message out of its turn
  bad_json,             ///< JSON that does not fit the TL type
};

/// A check of the security guidelines failed. The connection is closed, the key is not used.
/// https://core.telegram.org/mtproto/security_guidelines
enum class security_errc {
  nonce_mismatch = 1,     ///< nonce differs from the one sent
  server_nonce_mismatch,  ///< server_nonce differs from the one received first
  unknown_fingerprint,    ///< none of the offered RSA keys is known
  bad_pq,                 ///< pq is not the product of two primes below 2^63
  rsa_mismatch,           ///< RSA-encrypted data whose hash does not match
  answer_hash_mismatch,   ///< SHA1 of the decrypted answer does not match
  bad_dh_prime,           ///< dh_prime is not a 2048-bit safe prime
  bad_dh_generator,       ///< g is not acceptable for dh_prime
  bad_dh_public,          ///< g_a or g_b outside its range
  new_nonce_mismatch,     ///< new_nonce_hash does not match
  dh_refused,             ///< the server ended the key exchange (dh_gen_fail)
  dh_retry_limit,         ///< the server asked for another key too many times
  bad_packet,             ///< an encrypted packet that fails key id, msg_key, length, padding or
                          ///< session: one code, so that a peer cannot tell which
  replayed_message,       ///< a message id seen before, or too old to know
  stale_message,          ///< a message id outside the accepted window of time
  bad_srp_parameters,     ///< the 2FA parameters of the server are not acceptable
};

/// The way to a data centre failed.
enum class transport_errc {
  closed = 1,               ///< the peer closed the connection
  bad_frame,                ///< a frame that breaks its framing
  frame_too_large,          ///< a frame larger than the limit
  unknown_framing,          ///< first bytes that no framing begins with
  auth_key_unknown,         ///< transport error -404: the server does not know the auth key
  flood,                    ///< transport error -429: too many connections
  wrong_dc,                 ///< transport error -444: the DC id does not match
  server_error,             ///< any other negative transport error
  unreachable,              ///< no address of the data centre could be reached
  timed_out,                ///< nothing came in time
  bad_http,                 ///< an HTTP message that cannot be understood, or larger than the limit
  upgrade_refused,          ///< the server answers HTTP but does not change to WebSocket
  tls_failed,               ///< TLS could not be agreed on, or was broken later
  certificate_not_trusted,  ///< no certificate authority that is trusted vouches for the server
  certificate_wrong_name,   ///< the server's certificate is for another name
  certificate_expired,      ///< the server's certificate has expired, or is not valid yet
};

/// The way through a proxy failed. The answers of SOCKS5 proxies are those of RFC 1928, section 6.
enum class proxy_errc {
  unresolved = 1,        ///< the proxy's name has no address
  not_this_kind,         ///< what answers is not a proxy of that kind
  bad_answer,            ///< an answer that breaks the rules
  login_required,        ///< the proxy wants a user name and a password
  login_refused,         ///< wrong user name or password
  login_kind_unknown,    ///< the proxy wants another way of logging in
  too_long,              ///< a name or password longer than the proxy can be told
  general_failure,       ///< SOCKS5 reply 1
  not_allowed,           ///< 2: the proxy's rules forbid it
  network_unreachable,   ///< 3
  host_unreachable,      ///< 4
  connection_refused,    ///< 5
  ttl_expired,           ///< 6
  command_unknown,       ///< 7
  address_type_unknown,  ///< 8
  secret_text,           ///< an MTProxy secret that is neither hex nor base64
  secret_size,           ///< an MTProxy secret of no known kind
  secret_domain,         ///< the domain in an MTProxy secret is none
  wrong_secret,          ///< the MTProxy did not prove that it knows the secret
  bad_record,            ///< a fake-TLS record that breaks the rules
};

/// What the client itself decides.
enum class client_errc {
  not_signed_in = 1,    ///< the call needs an account and none is signed in
  deadline,             ///< the answer did not come before the call's deadline
  cancelled,            ///< the call was cancelled
  stopped,              ///< the client was stopped while the call waited
  unknown_dc,           ///< a data centre that the configuration does not have
  too_many_migrations,  ///< the server sent the call from DC to DC
  bad_config,           ///< a setting that is missing or malformed
  queue_full,           ///< more calls waiting than the limit
  not_for_bots,         ///< only people may do this, and a bot is signed in
};

/// Files and stored state.
enum class storage_errc {
  bad_session_file = 1,  ///< the session file is not one, or of a later version
  locked,                ///< another process uses the file
  no_space,              ///< the disk is full
  bad_journal,           ///< a journal that is damaged or does not fit its file
  size_mismatch,         ///< the server gave fewer or more bytes than the file has
  hash_mismatch,         ///< bytes that do not match their SHA-256
  file_changed,          ///< the file on the server is not the one begun
};

/// What a link or reference says.
enum class link_errc {
  not_telegram = 1,  ///< not a Telegram link
  malformed,         ///< a Telegram link that cannot be understood
  unsupported,       ///< a link of a kind that has no media
  not_found,         ///< no such chat or message, or the account may not see it
  no_media,          ///< the message has no media to download
  protected_media,   ///< media that are not meant to be saved: protected, sold, self-destructing
  join_first,        ///< what is behind an invite link is seen by members only
};

/// Categories of the enumerations above; `rpc_category` holds the error codes of rpc_error
/// (303, 400, 401, 403, 404, 406, 420, 500 and what else a server sends).
const std::error_category& protocol_category() noexcept;
const std::error_category& security_category() noexcept;
const std::error_category& transport_category() noexcept;
const std::error_category& proxy_category() noexcept;
const std::error_category& client_category() noexcept;
const std::error_category& storage_category() noexcept;
const std::error_category& link_category() noexcept;
const std::error_category& rpc_category() noexcept;

inline std::error_code make_error_code(protocol_errc e) {
  return {static_cast<int>(e), protocol_category()};
}
inline std::error_code make_error_code(security_errc e) {
  return {static_cast<int>(e), security_category()};
}
inline std::error_code make_error_code(transport_errc e) {
  return {static_cast<int>(e), transport_category()};
}
inline std::error_code make_error_code(proxy_errc e) {
  return {static_cast<int>(e), proxy_category()};
}
/// An HTTP proxy answered with this status, 100..599, instead of opening a tunnel.
inline std::error_code proxy_refusal(int http_status) {
  return {http_status, proxy_category()};
}
inline std::error_code make_error_code(client_errc e) {
  return {static_cast<int>(e), client_category()};
}
inline std::error_code make_error_code(storage_errc e) {
  return {static_cast<int>(e), storage_category()};
}
inline std::error_code make_error_code(link_errc e) {
  return {static_cast<int>(e), link_category()};
}

/// What the library throws at its edge. `what()` is one sentence that names the thing.
class error : public std::system_error {
 public:
  error(std::error_code code, const std::string& sentence);
  const char* what() const noexcept override { return sentence_.c_str(); }

 private:
  std::string sentence_;
};

/// An rpc_error of the server with its parts apart: 420, "FLOOD_WAIT", 17.
/// https://core.telegram.org/api/errors
struct rpc_failure {
  std::int32_t code = 0;                 ///< 303, 400, 401, 420, 500 ...
  std::string message;                   ///< as sent: "FLOOD_WAIT_17", "FILE_REFERENCE_3_EXPIRED"
  std::string type;                      ///< the message without its number: "FLOOD_WAIT"
  std::optional<std::int32_t> argument;  ///< the number: 17

  /// Splits off the last `_`-separated number; a message without one is its own type.
  static rpc_failure parse(std::int32_t code, std::string_view message);
  bool is(std::string_view name) const { return type == name; }
};

class rpc_error : public error {
 public:
  rpc_error(rpc_failure failure, std::string_view method);
  const rpc_failure& failure() const { return failure_; }
  bool is(std::string_view type) const { return failure_.is(type); }
  const std::string& method() const { return method_; }

 private:
  rpc_failure failure_;
  std::string method_;
};

}  // namespace mtfetch

template <>
struct std::is_error_code_enum<mtfetch::protocol_errc> : std::true_type {};
template <>
struct std::is_error_code_enum<mtfetch::security_errc> : std::true_type {};
template <>
struct std::is_error_code_enum<mtfetch::transport_errc> : std::true_type {};
template <>
struct std::is_error_code_enum<mtfetch::proxy_errc> : std::true_type {};
template <>
struct std::is_error_code_enum<mtfetch::client_errc> : std::true_type {};
template <>
struct std::is_error_code_enum<mtfetch::storage_errc> : std::true_type {};
template <>
struct std::is_error_code_enum<mtfetch::link_errc> : std::true_type {};
