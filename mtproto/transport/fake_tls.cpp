// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/fake_tls.hpp"

#include <algorithm>
#include <mtfetch/error.hpp>
#include <utility>

#include "mtproto/crypto/hmac.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/transport/big_endian.hpp"
#include "mtproto/transport/fake_tls_hello.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::uint8_t handshake_type = 0x16;
constexpr std::uint8_t change_cipher_type = 0x14;
constexpr std::uint8_t data_type = 0x17;
constexpr std::size_t time_at = 28;  // of the random: what of it the time is mixed into
// A ServerHello with its random and its echo of the session id.
constexpr std::size_t smallest_server_hello = 76;
constexpr std::array<std::uint8_t, 6> change_cipher = {change_cipher_type, 3, 3, 0, 1, 1};

void append(bytes& to, byte_view part) {
  to.insert(to.end(), part.begin(), part.end());
}

std::size_t length_of(byte_view head) {
  return load_big_u16(head.subspan(3));
}

bool begins(byte_view in, std::uint8_t type) {
  const std::uint8_t expected[] = {type, 3, 3};
  const std::size_t n = std::min<std::size_t>(in.size(), 3);
  return std::ranges::equal(in.first(n), byte_view(expected).first(n));
}

}  // namespace

fake_tls_client::fake_tls_client(const proxy_secret& secret, std::uint32_t unixtime,
                                 hello_draws drawn, hello_shape shape)
    : secret_(secret), unixtime_(unixtime), drawn_(std::move(drawn)), shape_(shape) {}

bool proves_secret(byte_view key, byte_view client_random, byte_span records) {
  const byte_span random = records.subspan(hello_random_at, hello_random_size);
  crypto::sha256_digest claimed;
  std::ranges::copy(random, claimed.begin());
  std::ranges::fill(random, std::uint8_t{0});
  return crypto::equal_in_constant_time(claimed,
                                        crypto::hmac_sha256(key, {client_random, records}));
}

void fake_tls_client::start(bytes& wire) {
  bytes hello = build_hello(shape_, secret_.domain, drawn_);
  crypto::sha256_digest digest = crypto::hmac_sha256(secret_.key, {hello});
  for (std::size_t i = 0; i < 4; ++i) {
    digest[time_at + i] ^= static_cast<std::uint8_t>(unixtime_ >> (8 * i));
  }
  random_sent_ = digest;
  std::ranges::copy(digest, hello.begin() + hello_random_at);
  std::ranges::copy(byte_view(hello).subspan(hello_session_at, hello_session_size),
                    session_.begin());
  append(wire, hello);
}

std::error_code fake_tls_client::receive(byte_view from_wire, bytes& plain, bytes&) {
  if (open_) return take_records(from_wire, plain);
  append(input_, from_wire);
  if (const std::error_code failed = take_hello()) return failed;
  if (!open_) return {};
  const bytes rest(input_.begin() + static_cast<std::ptrdiff_t>(taken_), input_.end());
  input_ = bytes();
  return take_records(rest, plain);
}

// Exactly a ServerHello, a ChangeCipherSpec and one record of data; their code is the proof.
std::error_code fake_tls_client::take_hello() {
  std::size_t at = 0;
  for (const std::uint8_t type : {handshake_type, change_cipher_type, data_type}) {
    const byte_view in = byte_view(input_).subspan(at);
    // What is no TLS is known by its first bytes: the rest may never come.
    if (!begins(in, type)) return proxy_errc::not_this_kind;
    if (in.size() < record_head) return {};
    const std::size_t length = length_of(in);
    const bool fits = type == change_cipher_type ? length == 1
                      : type == handshake_type
                          ? length >= smallest_server_hello && length <= largest_record
                          : length > 0 && length <= largest_record;
    if (!fits) return proxy_errc::bad_record;
    if (in.size() < record_head + length) return {};
    at += record_head + length;
  }
  const byte_span hello = byte_span(input_).first(at);
  if (!proves_secret(secret_.key, random_sent_, hello)) return proxy_errc::wrong_secret;
  const byte_view echoed = hello.subspan(hello_session_at, hello_session_size);
  if (!std::ranges::equal(echoed, session_)) return proxy_errc::bad_record;
  taken_ = at;
  open_ = true;
  return {};
}

std::error_code fake_tls_client::take_records(byte_view data, bytes& plain) {
  while (!data.empty()) {
    if (left_ == 0) {
      head_.push_back(data.front());
      data = data.subspan(1);
      if (!begins(head_, data_type)) return proxy_errc::bad_record;
      if (head_.size() < record_head) continue;
      left_ = length_of(head_);
      head_.clear();
      if (left_ > largest_record) return proxy_errc::bad_record;
      continue;
    }
    const std::size_t n = std::min(left_, data.size());
    append(plain, data.first(n));
    data = data.subspan(n);
    left_ -= n;
  }
  return {};
}

void fake_tls_client::send(byte_view plain, bytes& wire) {
  if (plain.empty()) return;
  if (!std::exchange(finished_, true)) append(wire, change_cipher);
  while (!plain.empty()) {
    const std::size_t n = std::min(plain.size(), largest_record_sent);
    append(wire, bytes{data_type, 3, 3});
    append_big_u16(wire, n);
    append(wire, plain.first(n));
    plain = plain.subspan(n);
  }
}

}  // namespace mtfetch::transport
