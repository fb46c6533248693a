// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/tls.hpp"

#include "mtproto/crypto/freed_by.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <limits>
#include <mtfetch/error.hpp>
#include <new>
#include <utility>

namespace mtfetch::transport {
namespace {

using crypto::freed_by;

using bio = std::unique_ptr<BIO, freed_by<BIO_free>>;
using certificate = std::unique_ptr<X509, freed_by<X509_free>>;
using private_key = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using context = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;

// What one SSL_read takes: a whole record.
constexpr std::size_t record = 16 * 1024;
// OpenSSL counts in int.
constexpr std::size_t most_at_once = std::size_t{1} << 30;

bio reader_of(const std::string& text) {
  return bio(BIO_new_mem_buf(text.data(), static_cast<int>(std::min(text.size(), most_at_once))));
}

context new_context(const SSL_METHOD* method) {
  context made(SSL_CTX_new(method));
  if (!made) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS);
  // Renegotiation lets a peer make us work for nothing, and nobody needs it.
  SSL_CTX_set_options(made.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  return made;
}

std::shared_ptr<void> shared(context made) {
  return {made.release(), [](void* it) { SSL_CTX_free(static_cast<SSL_CTX*>(it)); }};
}

bool trust(SSL_CTX* with, const std::string& authorities) {
  const bio in = reader_of(authorities);
  bool any = false;
  while (const certificate one{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(with), one.get()) != 1) return false;
    any = true;
  }
  ERR_clear_error();  // the end of the text is an error to the reader of PEM
  return any;
}

bool show(SSL_CTX* with, const std::string& chain, const std::string& key_text) {
  const bio in = reader_of(chain);
  const certificate own{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)};
  if (!own || SSL_CTX_use_certificate(with, own.get()) != 1) return false;
  while (certificate next{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) {
    if (SSL_CTX_add0_chain_cert(with, next.get()) != 1) return false;
    next.release();
  }
  ERR_clear_error();
  const bio key_in = reader_of(key_text);
  const private_key key{PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr)};
  return key && SSL_CTX_use_PrivateKey(with, key.get()) == 1 &&
         SSL_CTX_check_private_key(with) == 1;
}

std::error_code meaning_of(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return transport_errc::certificate_expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return transport_errc::certificate_wrong_name;
    default:
      return transport_errc::certificate_not_trusted;
  }
}

}  // namespace

result<tls_context> tls_context::client(const std::string& authorities) {
  context made = new_context(TLS_client_method());
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
  const bool knows_whom = authorities.empty() ? SSL_CTX_set_default_verify_paths(made.get()) == 1
                                              : trust(made.get(), authorities);
  if (!knows_whom) return client_errc::bad_config;
  return tls_context(shared(std::move(made)));
}

result<tls_context> tls_context::server(const std::string& certificate_chain,
                                        const std::string& private_key_text) {
  context made = new_context(TLS_server_method());
  const bool usable = show(made.get(), certificate_chain, private_key_text);
  ERR_clear_error();
  if (!usable) return client_errc::bad_config;
  return tls_context(shared(std::move(made)));
}

struct tls::state {
  SSL* connection = nullptr;
  BIO* in = nullptr;   // owned by the connection
  BIO* out = nullptr;  // owned by the connection
};

void tls::release::operator()(state* s) const {
  SSL_free(s->connection);
  delete s;
}

tls::tls(const tls_context& with) : state_(new state) {
  state_->connection = SSL_new(static_cast<SSL_CTX*>(with.state_.get()));
  bio in(BIO_new(BIO_s_mem()));
  bio out(BIO_new(BIO_s_mem()));
  if (!state_->connection || !in || !out) throw std::bad_alloc();
  // An empty buffer means that more will come, not that the connection has ended.
  BIO_set_mem_eof_return(in.get(), -1);
  BIO_set_mem_eof_return(out.get(), -1);
  state_->in = in.release();
  state_->out = out.release();
  SSL_set_bio(state_->connection, state_->in, state_->out);
}

tls tls::client(const tls_context& with, const std::string& host, std::int64_t unix_now) {
  tls made(with);
  SSL* const it = made.state_->connection;
  SSL_set_connect_state(it);
  X509_VERIFY_PARAM* const rules = SSL_get0_param(it);
  X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(unix_now));
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size());
    SSL_set_tlsext_host_name(it, host.c_str());
  }
  ERR_clear_error();
  constexpr std::array<unsigned char, 9> http = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_set_alpn_protos(it, http.data(), http.size());
  return made;
}

tls tls::server(const tls_context& with) {
  tls made(with);
  SSL_set_accept_state(made.state_->connection);
  return made;
}

void tls::start(bytes& wire) {
  ERR_clear_error();
  SSL_do_handshake(state_->connection);
  take_wire(wire);
}

std::error_code tls::receive(byte_view from_wire, bytes& plain, bytes& wire) {
  ERR_clear_error();
  SSL* const it = state_->connection;
  for (std::size_t n = 0; !from_wire.empty(); from_wire = from_wire.subspan(n)) {
    n = std::min(from_wire.size(), most_at_once);
    if (BIO_write(state_->in, from_wire.data(), static_cast<int>(n)) != static_cast<int>(n)) {
      return transport_errc::tls_failed;
    }
  }
  std::error_code failed;
  if (!open_) {
    const int agreed = SSL_do_handshake(it);
    open_ = agreed == 1;
    if (!open_) failed = why(agreed);
  }
  while (open_ && !failed) {
    const std::size_t begin = plain.size();
    plain.resize(begin + record);
    const int count = SSL_read(it, plain.data() + begin, static_cast<int>(record));
    plain.resize(begin + static_cast<std::size_t>(std::max(count, 0)));
    if (count > 0) continue;
    failed = why(count);
    break;
  }
  take_wire(wire);
  ERR_clear_error();
  return failed;
}

void tls::send(byte_view plain, bytes& wire) {
  ERR_clear_error();
  for (std::size_t n = 0; !plain.empty(); plain = plain.subspan(n)) {
    n = std::min(plain.size(), record);
    // A memory BIO takes everything. A connection that failed before sends nothing more; receive
    // has said so.
    if (SSL_write(state_->connection, plain.data(), static_cast<int>(n)) <= 0) break;
    take_wire(wire);
  }
  ERR_clear_error();
}

void tls::take_wire(bytes& wire) {
  const std::size_t waiting = BIO_ctrl_pending(state_->out);
  const std::size_t begin = wire.size();
  wire.resize(begin + waiting);
  const int count =
      waiting == 0 ? 0 : BIO_read(state_->out, wire.data() + begin, static_cast<int>(waiting));
  wire.resize(begin + static_cast<std::size_t>(std::max(count, 0)));
}

// Empty when it only wants more bytes.
std::error_code tls::why(int returned) const {
  switch (SSL_get_error(state_->connection, returned)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {};
    case SSL_ERROR_ZERO_RETURN:
      return transport_errc::closed;
    default:
      break;
  }
  const long verdict = SSL_get_verify_result(state_->connection);
  if (!open_ && verdict != X509_V_OK) return meaning_of(verdict);
  return transport_errc::tls_failed;
}

}  // namespace mtfetch::transport
