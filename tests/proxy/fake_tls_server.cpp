// SPDX-License-Identifier: BSL-1.0
#include "tests/proxy/fake_tls_server.hpp"

#include <algorithm>
#include <mtfetch/error.hpp>
#include <stdexcept>

#include "mtproto/crypto/hmac.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/transport/big_endian.hpp"

namespace mtfetch::proxy_test {
namespace {

constexpr std::size_t random_at = 11;
constexpr std::size_t session_at = 44;
constexpr std::size_t id_size = 32;
constexpr std::size_t record_head = 5;
constexpr std::size_t largest_hello = 4096;
constexpr std::size_t classic_hello = 517;
constexpr std::size_t smallest_first_record = 64;
constexpr std::int64_t oldest = 600;
constexpr std::int64_t newest = 3;

void append(bytes& to, byte_view part) {
  to.insert(to.end(), part.begin(), part.end());
}

std::size_t length_of(byte_view head) {
  return transport::load_big_u16(head.subspan(3));
}

void append_record(bytes& to, std::uint8_t type, byte_view content) {
  append(to, bytes{type, 3, 3});
  transport::append_big_u16(to, content.size());
  append(to, content);
}

// Reads big-endian numbers and blocks; what is missing or left over is an error that is named.
class reader {
 public:
  explicit reader(byte_view data) : data_(data) {}
  std::uint32_t number(std::size_t size, const char* what) {
    std::uint32_t value = 0;
    for (const std::uint8_t b : take(size, what)) value = value << 8 | b;
    return value;
  }
  byte_view take(std::size_t size, const char* what) {
    if (size > data_.size()) throw std::runtime_error(std::string(what) + " is cut short");
    const byte_view out = data_.first(size);
    data_ = data_.subspan(size);
    return out;
  }
  reader block(std::size_t length_size, const char* what) {
    return reader(take(number(length_size, what), what));
  }
  void expect(std::uint32_t value, std::size_t size, const char* what) {
    if (number(size, what) != value) throw std::runtime_error(std::string(what) + " is wrong");
  }
  void end(const char* what) const {
    if (!data_.empty()) throw std::runtime_error(std::string(what) + " is too long");
  }
  bool empty() const { return data_.empty(); }
  byte_view rest() const { return data_; }

 private:
  byte_view data_;
};

void read_server_name(reader in, client_hello& out) {
  reader list = in.block(2, "server name list");
  in.end("server name extension");
  list.expect(0, 1, "server name type");
  out.domain = as_text(list.block(2, "server name").rest());
  list.end("server name list");
}

void read_shares(reader in, client_hello& out) {
  reader list = in.block(2, "key shares");
  in.end("key share extension");
  while (!list.empty()) {
    const auto group = static_cast<std::uint16_t>(list.number(2, "key share group"));
    const byte_view key = list.block(2, "key share").rest();
    out.shares.emplace_back(group, bytes(key.begin(), key.end()));
  }
}

}  // namespace

client_hello read_client_hello(byte_view record) {
  client_hello out;
  reader in(record);
  in.expect(0x16, 1, "record type");
  in.expect(0x0301, 2, "record version");
  reader message = in.block(2, "record");
  in.end("record");
  message.expect(1, 1, "message type");
  reader body = message.block(3, "hello");
  message.end("hello");
  body.expect(0x0303, 2, "version");
  body.take(id_size, "random");
  if (body.block(1, "session id").rest().size() != id_size) {
    throw std::runtime_error("session id is not of 32 bytes");
  }
  reader suites = body.block(2, "cipher suites");
  while (!suites.empty()) {
    out.suites.push_back(static_cast<std::uint16_t>(suites.number(2, "cipher suite")));
  }
  body.expect(0x0100, 2, "compression");
  reader extensions = body.block(2, "extensions");
  body.end("hello");
  while (!extensions.empty()) {
    const auto type = static_cast<std::uint16_t>(extensions.number(2, "extension"));
    const reader content = extensions.block(2, "extension");
    if (std::ranges::find(out.extensions, type) != out.extensions.end()) {
      throw std::runtime_error("extension is there twice");
    }
    out.extensions.push_back(type);
    if (type == 0x0000) read_server_name(content, out);
    if (type == 0x0033) read_shares(content, out);
  }
  return out;
}

std::error_code fake_tls_server::receive(byte_view from_wire, bytes& plain, bytes& wire) {
  append(input_, from_wire);
  if (!answered_) {
    if (input_.size() < record_head) return {};
    const std::size_t whole = record_head + length_of(input_);
    if (whole > largest_hello) return proxy_errc::bad_record;
    if (how_.classic_only && whole != classic_hello) return proxy_errc::bad_record;
    if (input_.size() < whole) return {};
    if (input_.size() > whole) return proxy_errc::bad_record;  // nothing may follow it yet
    hello_size_ = whole;
    if (const std::error_code failed = take_hello(input_)) return failed;
    answer(input_, wire);
    input_.clear();
    answered_ = true;
    return {};
  }
  return take_records(plain);
}

std::error_code fake_tls_server::take_hello(byte_view record) {
  client_hello said;
  try {
    said = read_client_hello(record);
  } catch (const std::runtime_error&) {
    return proxy_errc::bad_record;
  }
  const bool known_suite = said.suites.size() > 1 && is_grease(said.suites[0]) &&
                           said.suites[1] >= 0x1301 && said.suites[1] <= 0x1303;
  if (!known_suite || said.domain != how_.domain) return proxy_errc::bad_record;

  bytes zeroed(record.begin(), record.end());
  const byte_view random = record.subspan(random_at, id_size);
  std::ranges::fill(byte_span(zeroed).subspan(random_at, id_size), std::uint8_t{0});
  const crypto::sha256_digest due = crypto::hmac_sha256(how_.key, {zeroed});
  const bool proven = crypto::equal_in_constant_time(random.first(28), byte_view(due).first(28));
  if (!proven) return proxy_errc::wrong_secret;
  std::uint32_t time = 0;
  for (std::size_t i = 4; i-- > 0;) {
    time = time << 8 | static_cast<std::uint32_t>(random[28 + i] ^ due[28 + i]);
  }
  const std::int64_t age = std::int64_t{how_.unixtime} - std::int64_t{time};
  if (age >= oldest || age < -newest) return security_errc::stale_message;
  if (!how_.is_new(random.first(16))) return security_errc::replayed_message;
  return {};
}

void fake_tls_server::answer(byte_view hello, bytes& wire) {
  bytes content = {2, 0, 0, 0x76, 3, 3};
  content.resize(content.size() + id_size);
  content.push_back(id_size);
  append(content, hello.subspan(session_at, id_size));
  append(content, bytes{0x13, 0x01, 0, 0, 0x2e, 0, 0x33, 0, 0x24, 0, 0x1d, 0, 0x20});
  bytes key(id_size);
  how_.random(key);
  append(content, key);
  append(content, bytes{0, 0x2b, 0, 2, 3, 4});
  bytes certificate(how_.certificate_size);
  how_.random(certificate);
  bytes out;
  append_record(out, 0x16, content);
  append_record(out, 0x14, bytes{1});
  append_record(out, 0x17, certificate);
  const crypto::sha256_digest proof = crypto::hmac_sha256(how_.answer_key.value_or(how_.key),
                                                          {hello.subspan(random_at, id_size), out});
  std::ranges::copy(proof, out.begin() + random_at);
  append(wire, out);
}

std::error_code fake_tls_server::take_records(bytes& plain) {
  constexpr std::array<std::uint8_t, 9> finish = {0x14, 3, 3, 0, 1, 1, 0x17, 3, 3};
  if (!finished_) {
    const std::size_t n = std::min(input_.size(), finish.size());
    if (!std::equal(finish.begin(), finish.begin() + static_cast<std::ptrdiff_t>(n),
                    input_.begin())) {
      return proxy_errc::bad_record;
    }
    if (input_.size() < finish.size() + 2) return {};
    input_.erase(input_.begin(), input_.begin() + 6);
    if (length_of(input_) < smallest_first_record) return proxy_errc::bad_record;
    finished_ = true;
  }
  while (input_.size() >= record_head) {
    if (input_[0] != 0x17 || input_[1] != 3 || input_[2] != 3) return proxy_errc::bad_record;
    const std::size_t whole = record_head + length_of(input_);
    if (input_.size() < whole) break;
    append(plain, byte_view(input_).subspan(record_head, whole - record_head));
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(whole));
  }
  return {};
}

void fake_tls_server::send(byte_view plain, bytes& wire) const {
  while (!plain.empty()) {
    const std::size_t n = std::min(plain.size(), how_.record_size);
    append_record(wire, 0x17, plain.first(n));
    plain = plain.subspan(n);
  }
}

}  // namespace mtfetch::proxy_test
