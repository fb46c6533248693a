// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/socks5.hpp"

#include <mtfetch/error.hpp>

#include "mtproto/crypto/secure.hpp"
#include "mtproto/transport/big_endian.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::uint8_t version = 5;
constexpr std::uint8_t login_version = 1;  // RFC 1929
constexpr std::uint8_t no_authentication = 0;
constexpr std::uint8_t user_and_password = 2;
constexpr std::uint8_t no_acceptable_method = 0xff;
constexpr std::uint8_t connect_command = 1;
constexpr std::uint8_t ipv4 = 1;
constexpr std::uint8_t name = 3;
constexpr std::uint8_t ipv6 = 4;
constexpr std::size_t longest = 255;

void append(bytes& to, byte_view part) {
  to.insert(to.end(), part.begin(), part.end());
}

void append_text(bytes& to, const std::string& text) {
  to.push_back(static_cast<std::uint8_t>(text.size()));
  to.insert(to.end(), text.begin(), text.end());
}

// RFC 1928, section 6.
std::error_code refusal(std::uint8_t reply) {
  switch (reply) {
    case 1:
      return proxy_errc::general_failure;
    case 2:
      return proxy_errc::not_allowed;
    case 3:
      return proxy_errc::network_unreachable;
    case 4:
      return proxy_errc::host_unreachable;
    case 5:
      return proxy_errc::connection_refused;
    case 6:
      return proxy_errc::ttl_expired;
    case 7:
      return proxy_errc::command_unknown;
    case 8:
      return proxy_errc::address_type_unknown;
    default:
      return proxy_errc::bad_answer;
  }
}

}  // namespace

bool socks5_client::too_long() const {
  return to_.host.size() > longest || who_.user.size() > longest || who_.password.size() > longest;
}

void socks5_client::start(bytes& wire) {
  if (who_.empty()) {
    append(wire, bytes{version, 1, no_authentication});
  } else {
    append(wire, bytes{version, 2, no_authentication, user_and_password});
  }
}

std::error_code socks5_client::receive(byte_view from_wire, bytes& plain, bytes& wire) {
  if (is_open()) {
    append(plain, from_wire);
    return {};
  }
  if (too_long()) return proxy_errc::too_long;
  append(input_, from_wire);
  while (!is_open()) {
    taken_ = 0;
    std::error_code failed;
    switch (waits_for_) {
      case reply::method:
        failed = take_method(wire);
        break;
      case reply::login:
        failed = take_login(wire);
        break;
      case reply::connection:
        failed = take_connection();
        break;
      case reply::none:
        break;
    }
    if (failed) return failed;
    if (taken_ == 0) return {};
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(taken_));
  }
  append(plain, input_);
  input_ = bytes();
  return {};
}

std::error_code socks5_client::take_method(bytes& wire) {
  if (!input_.empty() && input_[0] != version) return proxy_errc::not_this_kind;
  if (input_.size() < 2) return {};
  taken_ = 2;
  switch (input_[1]) {
    case no_authentication:
      ask_for_connection(wire);
      return {};
    case user_and_password:
      if (who_.empty()) return proxy_errc::bad_answer;  // it was not offered
      wire.push_back(login_version);
      append_text(wire, who_.user);
      append_text(wire, who_.password);
      crypto::wipe(who_.password.data(), who_.password.size());
      waits_for_ = reply::login;
      return {};
    case no_acceptable_method:
      return who_.empty() ? proxy_errc::login_required : proxy_errc::login_kind_unknown;
    default:
      return proxy_errc::bad_answer;
  }
}

std::error_code socks5_client::take_login(bytes& wire) {
  if (input_.size() < 2) return {};
  taken_ = 2;
  // Some proxies answer with the version of SOCKS instead of the login's: only the status counts.
  if (input_[0] != login_version && input_[0] != version) return proxy_errc::bad_answer;
  if (input_[1] != 0) return proxy_errc::login_refused;
  ask_for_connection(wire);
  return {};
}

void socks5_client::ask_for_connection(bytes& wire) {
  append(wire, bytes{version, connect_command, 0});
  if (to_.address.empty()) {
    wire.push_back(name);
    append_text(wire, to_.host);
  } else {
    wire.push_back(to_.address.size() == 4 ? ipv4 : ipv6);
    append(wire, to_.address);
  }
  append_big_u16(wire, to_.port);
  waits_for_ = reply::connection;
}

std::error_code socks5_client::take_connection() {
  if (!input_.empty() && input_[0] != version) return proxy_errc::bad_answer;
  // A proxy that refuses may leave out the rest.
  if (input_.size() >= 2 && input_[1] != 0) return refusal(input_[1]);
  if (input_.size() < 5) return {};
  std::size_t address = 0;
  switch (input_[3]) {
    case ipv4:
      address = 4;
      break;
    case ipv6:
      address = 16;
      break;
    case name:
      address = 1 + std::size_t{input_[4]};
      break;
    default:
      return proxy_errc::bad_answer;
  }
  const std::size_t whole = 4 + address + 2;
  if (input_.size() < whole) return {};
  taken_ = whole;
  waits_for_ = reply::none;
  return {};
}

}  // namespace mtfetch::transport
