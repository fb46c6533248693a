// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/http_connect.hpp"

#include <mtfetch/error.hpp>
#include <string_view>

#include "mtproto/crypto/secure.hpp"
#include "mtproto/tl/base64.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t longest_answer = 16384;
constexpr std::string_view version = "HTTP/1.";

// "HTTP/1.1 200 Connection established": the status; 0 when it is no status line.
int status_of(std::string_view line) {
  if (line.size() < 12 || !line.starts_with(version) || line[8] != ' ') return 0;
  int status = 0;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  if (line.size() > 12 && line[12] != ' ') return 0;
  return status >= 100 && status < 600 ? status : 0;
}

bool may_become_status_line(std::string_view begun) {
  const std::size_t n = std::min(begun.size(), version.size());
  return begun.substr(0, n) == version.substr(0, n);
}

}  // namespace

void http_connect_client::start(bytes& wire) {
  const bool bracketed = to_.address.size() == 16;
  const std::string host = bracketed ? "[" + to_.host + "]" : to_.host;
  const std::string at = host + ":" + std::to_string(to_.port);
  std::string request = "CONNECT " + at + " HTTP/1.1\r\nHost: " + at + "\r\n";
  if (!who_.empty()) {
    std::string pair = who_.user + ":" + who_.password;
    request += "Proxy-Authorization: Basic " + tl::to_base64(as_bytes(pair)) + "\r\n";
    crypto::wipe(pair.data(), pair.size());
  }
  request += "\r\n";
  wire.insert(wire.end(), request.begin(), request.end());
  crypto::wipe(request.data(), request.size());
}

std::error_code http_connect_client::receive(byte_view from_wire, bytes& plain, bytes&) {
  while (!open_ && !from_wire.empty()) {
    const char c = static_cast<char>(from_wire.front());
    from_wire = from_wire.subspan(1);
    if (++seen_ > longest_answer) return proxy_errc::bad_answer;
    if (c != '\n') {
      line_ += c;
      if (line_.size() > longest_line) return proxy_errc::bad_answer;
      // What does not speak HTTP is known by its first bytes: it may never send a line's end.
      if (status_ == 0 && !may_become_status_line(line_)) return proxy_errc::not_this_kind;
      continue;
    }
    if (line_.ends_with('\r')) line_.pop_back();
    if (const std::error_code failed = take_line(line_)) return failed;
    line_.clear();
  }
  plain.insert(plain.end(), from_wire.begin(), from_wire.end());
  return {};
}

std::error_code http_connect_client::take_line(const std::string& line) {
  if (status_ == 0) {
    status_ = status_of(line);
    if (status_ == 0) return proxy_errc::not_this_kind;
    if (status_ == 407)
      return who_.empty() ? proxy_errc::login_required : proxy_errc::login_refused;
    if (status_ >= 300) return proxy_refusal(status_);
    return {};
  }
  if (!line.empty()) return {};  // a header: none of them matters to a tunnel
  if (status_ >= 200) open_ = true;
  status_ = 0;  // 1xx: the answer proper comes behind it
  return {};
}

}  // namespace mtfetch::transport
