// SPDX-License-Identifier: BSL-1.0
// The secret of an MTProxy: what it is mixed from and how its connections look.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>
#include <string>
#include <string_view>

namespace mtfetch::transport {

/// https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation
struct proxy_secret {
  enum class look {
    plain,     ///< obfuscated, any framing
    padded,    ///< "dd": obfuscated, padded intermediate only
    fake_tls,  ///< "ee": the same within what looks like TLS to `domain`
  };
  look how = look::plain;
  std::array<std::uint8_t, 16> key{};
  std::string domain;  ///< of fake TLS: 4 to 182 printable ASCII characters

  /// 16 bytes; 17 beginning with dd; ee, 16 bytes and the domain. Anything else is
  /// proxy_errc::secret_size, a domain that is none proxy_errc::secret_domain.
  static result<proxy_secret> from_bytes(byte_view raw);
  /// The same as hex or base64 of either alphabet, with or without `=`; proxy_errc::secret_text
  /// when it is neither.
  static result<proxy_secret> parse(std::string_view text);

  bytes to_bytes() const;
};

}  // namespace mtfetch::transport
