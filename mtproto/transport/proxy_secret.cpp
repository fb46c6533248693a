// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/proxy_secret.hpp"

#include <algorithm>
#include <mtfetch/error.hpp>

#include "mtproto/tl/base64.hpp"
#include "mtproto/tl/hex.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::uint8_t padded_mark = 0xdd;
constexpr std::uint8_t fake_tls_mark = 0xee;
constexpr std::size_t key_size = 16;
// A name shorter than "a.bc" is none, and a longer one does not fit into the hello of 517 bytes.
constexpr std::size_t shortest_domain = 4;
constexpr std::size_t longest_domain = 182;

bool is_domain(std::string_view text) {
  return text.size() >= shortest_domain && text.size() <= longest_domain &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

result<proxy_secret> proxy_secret::from_bytes(byte_view raw) {
  proxy_secret out;
  const bool marked = raw.size() > key_size;
  if (raw.size() < key_size) return proxy_errc::secret_size;
  if (marked) {
    const bool padded = raw.size() == key_size + 1 && raw[0] == padded_mark;
    const bool fake_tls = raw.size() > key_size + 1 && raw[0] == fake_tls_mark;
    if (!padded && !fake_tls) return proxy_errc::secret_size;
    out.how = padded ? look::padded : look::fake_tls;
    raw = raw.subspan(1);
  }
  std::ranges::copy(raw.first(key_size), out.key.begin());
  out.domain = as_text(raw.subspan(key_size));
  if (out.how == look::fake_tls && !is_domain(out.domain)) return proxy_errc::secret_domain;
  return out;
}

result<proxy_secret> proxy_secret::parse(std::string_view text) {
  // Text that is both is hex: base64 of a secret has letters beyond f but for a freak of chance.
  std::optional<bytes> raw = tl::from_hex(text);
  if (!raw) raw = tl::from_base64(text);
  if (!raw) return proxy_errc::secret_text;
  return from_bytes(*raw);
}

bytes proxy_secret::to_bytes() const {
  bytes out;
  if (how != look::plain) out.push_back(how == look::padded ? padded_mark : fake_tls_mark);
  out.insert(out.end(), key.begin(), key.end());
  out.insert(out.end(), domain.begin(), domain.end());
  return out;
}

}  // namespace mtfetch::transport
