// SPDX-License-Identifier: BSL-1.0
// What is fuzzed: each takes any bytes and must come back. A broken promise aborts.
#pragma once

#include <mtfetch/bytes.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace mtfetch::fuzz {

void tl_values(byte_view input);
void tl_json(byte_view input);
void framing(byte_view input);
void http_head(byte_view input);
void http_stream(byte_view input);
void http_connect(byte_view input);
void socks5(byte_view input);
void websocket(byte_view input);
void fake_tls_client(byte_view input);
void fake_tls_server_side(byte_view input);
void session_packet(byte_view input);
void handshake_client(byte_view input);
void handshake_server(byte_view input);
void network_file(byte_view input);
void session_file(byte_view input);
void link(byte_view input);
void proxy_text(byte_view input);

struct target {
  const char* name;
  void (*run)(byte_view);
};
inline constexpr target targets[] = {
    {"tl_values", tl_values},
    {"tl_json", tl_json},
    {"framing", framing},
    {"http_head", http_head},
    {"http_stream", http_stream},
    {"http_connect", http_connect},
    {"socks5", socks5},
    {"websocket", websocket},
    {"fake_tls_client", fake_tls_client},
    {"fake_tls_server_side", fake_tls_server_side},
    {"session_packet", session_packet},
    {"handshake_client", handshake_client},
    {"handshake_server", handshake_server},
    {"network_file", network_file},
    {"session_file", session_file},
    {"link", link},
    {"proxy_text", proxy_text},
};

/// What honest sides say to open a layer, as the targets' own sides expect it: for seeds.
const bytes& tls_hello();
const bytes& tls_answer();
const bytes& websocket_request();
const bytes& websocket_answer();

/// A promise of the code under test.
inline void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// Takes an input apart, from the front; zeros and nothing behind its end.
class dice {
 public:
  explicit dice(byte_view input) : left_(input) {}
  bool empty() const { return left_.empty(); }
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t taken = left_.front();
    left_ = left_.subspan(1);
    return taken;
  }
  std::size_t word() {
    const std::size_t low = byte();
    return low | std::size_t{byte()} << 8;
  }
  byte_view take(std::size_t size) {
    const byte_view taken = left_.first(std::min(size, left_.size()));
    left_ = left_.subspan(taken.size());
    return taken;
  }
  byte_view rest() { return take(left_.size()); }

 private:
  byte_view left_;
};

}  // namespace mtfetch::fuzz
