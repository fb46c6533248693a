// SPDX-License-Identifier: BSL-1.0
#include "mtfetch/error.hpp"

#include <charconv>

namespace mtfetch {
namespace {

const char* sentence(protocol_errc e) {
  switch (e) {
    case protocol_errc::truncated:
      return "the data ends before the value does";
    case protocol_errc::trailing_bytes:
      return "data is left over after the value";
    case protocol_errc::unknown_constructor:
      return "unknown TL constructor";
    case protocol_errc::wrong_constructor:
      return "a TL constructor of another type";
    case protocol_errc::bad_length:
      return "a length or count that does not fit the data";
    case protocol_errc::too_deep:
      return "values nested too deep";
    case protocol_errc::bad_value:
      return "a value outside its type";
    case protocol_errc::gzip_corrupt:
      return "corrupt gzip data";
    case protocol_errc::gzip_too_large:
      return "gzip data inflates past the limit";
    case protocol_errc::bad_message:
      return "a malformed message";
    case protocol_errc::unexpected_message:
      return "a message out of its turn";
    case protocol_errc::bad_json:
      return "JSON that does not fit the type";
  }
  return "unknown protocol error";
}

const char* sentence(security_errc e) {
  switch (e) {
    case security_errc::nonce_mismatch:
      return "the nonce does not match";
    case security_errc::server_nonce_mismatch:
      return "the server nonce does not match";
    case security_errc::unknown_fingerprint:
      return "the server offers no RSA key that is known";
    case security_errc::bad_pq:
      return "pq is not a product of two primes";
    case security_errc::rsa_mismatch:
      return "RSA-encrypted data does not match its hash";
    case security_errc::answer_hash_mismatch:
      return "the encrypted answer does not match its hash";
    case security_errc::bad_dh_prime:
      return "the Diffie-Hellman prime is not acceptable";
    case security_errc::bad_dh_generator:
      return "the Diffie-Hellman generator is not acceptable";
    case security_errc::bad_dh_public:
      return "a Diffie-Hellman public value is out of range";
    case security_errc::new_nonce_mismatch:
      return "the new nonce hash does not match";
    case security_errc::dh_refused:
      return "the server refused the key exchange";
    case security_errc::dh_retry_limit:
      return "the server asked for too many key exchanges";
    case security_errc::bad_packet:
      return "an encrypted packet failed its checks";
    case security_errc::replayed_message:
      return "a message was replayed";
    case security_errc::stale_message:
      return "a message is too old or from the future";
    case security_errc::bad_srp_parameters:
      return "the password parameters are not acceptable";
  }
  return "unknown security error";
}

const char* sentence(transport_errc e) {
  switch (e) {
    case transport_errc::closed:
      return "the connection was closed";
    case transport_errc::bad_frame:
      return "a malformed frame";
    case transport_errc::frame_too_large:
      return "a frame larger than the limit";
    case transport_errc::unknown_framing:
      return "unknown framing";
    case transport_errc::auth_key_unknown:
      return "the server does not know the auth key";
    case transport_errc::flood:
      return "too many connections to this server";
    case transport_errc::wrong_dc:
      return "the server is another data centre";
    case transport_errc::server_error:
      return "the server reported a transport error";
    case transport_errc::unreachable:
      return "the data centre cannot be reached";
    case transport_errc::timed_out:
      return "the server did not answer in time";
    case transport_errc::bad_http:
      return "an HTTP message that cannot be understood";
    case transport_errc::upgrade_refused:
      return "the server does not change to WebSocket";
    case transport_errc::tls_failed:
      return "TLS could not be agreed on";
    case transport_errc::certificate_not_trusted:
      return "the server's certificate is not trusted: no known authority vouches for it";
    case transport_errc::certificate_wrong_name:
      return "the server's certificate is for another name";
    case transport_errc::certificate_expired:
      return "the server's certificate has expired or is not valid yet";
  }
  return "unknown transport error";
}

const char* sentence(proxy_errc e) {
  switch (e) {
    case proxy_errc::unresolved:
      return "the proxy's name has no address";
    case proxy_errc::not_this_kind:
      return "what answers is not a proxy of this kind";
    case proxy_errc::bad_answer:
      return "the proxy gave an answer that makes no sense";
    case proxy_errc::login_required:
      return "the proxy wants a user name and a password";
    case proxy_errc::login_refused:
      return "the proxy refuses the user name or the password";
    case proxy_errc::login_kind_unknown:
      return "the proxy wants a way of logging in that is not known";
    case proxy_errc::too_long:
      return "a host name, user name or password is too long for the proxy";
    case proxy_errc::general_failure:
      return "the proxy failed to connect";
    case proxy_errc::not_allowed:
      return "the proxy does not allow the connection";
    case proxy_errc::network_unreachable:
      return "the proxy cannot reach the network";
    case proxy_errc::host_unreachable:
      return "the proxy cannot reach the host";
    case proxy_errc::connection_refused:
      return "the proxy's connection was refused";
    case proxy_errc::ttl_expired:
      return "the proxy's connection took too many hops";
    case proxy_errc::command_unknown:
      return "the proxy cannot make connections";
    case proxy_errc::address_type_unknown:
      return "the proxy does not know this type of address";
    case proxy_errc::secret_text:
      return "the secret is neither hexadecimal nor base64";
    case proxy_errc::secret_size:
      return "the secret is of no known kind: it has 16 bytes, 17 beginning with dd, or begins "
             "with "
             "ee and ends with a domain";
    case proxy_errc::secret_domain:
      return "the domain in the secret must be a name of 4 to 182 characters";
    case proxy_errc::wrong_secret:
      return "what answers does not know the secret: it is another one, this machine's clock is "
             "wrong, or the proxy takes neither hello";
    case proxy_errc::bad_record:
      return "the proxy sent a malformed record";
  }
  return "unknown proxy error";
}

const char* sentence(client_errc e) {
  switch (e) {
    case client_errc::not_signed_in:
      return "not signed in";
    case client_errc::deadline:
      return "no answer before the deadline";
    case client_errc::cancelled:
      return "cancelled";
    case client_errc::stopped:
      return "the client was stopped";
    case client_errc::unknown_dc:
      return "unknown data centre";
    case client_errc::too_many_migrations:
      return "sent from data centre to data centre too often";
    case client_errc::bad_config:
      return "a setting is missing or malformed";
    case client_errc::queue_full:
      return "too many calls waiting";
    case client_errc::not_for_bots:
      return "not for bots";
  }
  return "unknown client error";
}

const char* sentence(storage_errc e) {
  switch (e) {
    case storage_errc::bad_session_file:
      return "not a session file of this program";
    case storage_errc::locked:
      return "in use by another process";
    case storage_errc::no_space:
      return "no space left on the disk";
    case storage_errc::bad_journal:
      return "the journal is damaged or of another file";
    case storage_errc::size_mismatch:
      return "the size differs from the announced one";
    case storage_errc::hash_mismatch:
      return "the bytes do not match their SHA-256";
    case storage_errc::file_changed:
      return "the file on the server has changed";
  }
  return "unknown storage error";
}

const char* sentence(link_errc e) {
  switch (e) {
    case link_errc::not_telegram:
      return "not a Telegram link";
    case link_errc::malformed:
      return "a malformed Telegram link";
    case link_errc::unsupported:
      return "a kind of link that has no media";
    case link_errc::not_found:
      return "not found, or not visible to this account";
    case link_errc::no_media:
      return "the message has no media";
    case link_errc::protected_media:
      return "media that are not meant to be saved";
    case link_errc::join_first:
      return "a chat that must be joined first";
  }
  return "unknown link error";
}

template <class E>
class category final : public std::error_category {
 public:
  explicit category(const char* name) : name_(name) {}
  const char* name() const noexcept override { return name_; }
  std::string message(int value) const override { return sentence(static_cast<E>(value)); }

 private:
  const char* name_;
};

class rpc_code_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "mtfetch.rpc"; }
  std::string message(int value) const override {
    return "the server answered with error " + std::to_string(value);
  }
};

class proxy_error_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "mtfetch.proxy"; }
  std::string message(int value) const override {
    constexpr int first_http_status = 100;
    if (value < first_http_status) return sentence(static_cast<proxy_errc>(value));
    return "the proxy answered with HTTP status " + std::to_string(value);
  }
};

}  // namespace

const std::error_category& protocol_category() noexcept {
  static const category<protocol_errc> instance("mtfetch.protocol");
  return instance;
}
const std::error_category& security_category() noexcept {
  static const category<security_errc> instance("mtfetch.security");
  return instance;
}
const std::error_category& transport_category() noexcept {
  static const category<transport_errc> instance("mtfetch.transport");
  return instance;
}
const std::error_category& proxy_category() noexcept {
  static const proxy_error_category instance;
  return instance;
}
const std::error_category& client_category() noexcept {
  static const category<client_errc> instance("mtfetch.client");
  return instance;
}
const std::error_category& storage_category() noexcept {
  static const category<storage_errc> instance("mtfetch.storage");
  return instance;
}
const std::error_category& link_category() noexcept {
  static const category<link_errc> instance("mtfetch.link");
  return instance;
}
const std::error_category& rpc_category() noexcept {
  static const rpc_code_category instance;
  return instance;
}

error::error(std::error_code code, const std::string& sentence)
    : std::system_error(code), sentence_(sentence) {}

rpc_failure rpc_failure::parse(std::int32_t code, std::string_view message) {
  rpc_failure failure;
  failure.code = code;
  failure.message = message;
  failure.type = message;
  // FLOOD_WAIT_17 ends with its number; FILE_REFERENCE_3_EXPIRED has it inside.
  // https://core.telegram.org/api/errors
  for (std::size_t end = message.size(); end > 0;) {
    const std::size_t cut = message.rfind('_', end - 1);
    const std::size_t begin = cut == std::string_view::npos ? 0 : cut + 1;
    const std::string_view part = message.substr(begin, end - begin);
    std::int32_t value = 0;
    const auto [stop, ec] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (begin > 0 && !part.empty() && ec == std::errc() && stop == part.data() + part.size()) {
      failure.argument = value;
      failure.type = std::string(message.substr(0, cut)) + std::string(message.substr(end));
      break;
    }
    if (cut == std::string_view::npos) break;
    end = cut;
  }
  return failure;
}

rpc_error::rpc_error(rpc_failure failure, std::string_view method)
    : error(std::error_code(failure.code, rpc_category()),
            std::string(method) + " was answered with " + failure.message + " (" +
                std::to_string(failure.code) + ")"),
      failure_(std::move(failure)),
      method_(method) {}

}  // namespace mtfetch
