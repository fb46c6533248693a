// SPDX-License-Identifier: BSL-1.0
// Builds a ClientHello from its shape.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mtfetch/bytes.hpp>
#include <string_view>
#include <vector>

#include "mtproto/transport/fake_tls_shapes.hpp"

namespace mtfetch::transport {

inline constexpr std::size_t hello_random_at = 11;
inline constexpr std::size_t hello_random_size = 32;
inline constexpr std::size_t hello_session_at = 44;
inline constexpr std::size_t hello_session_size = 32;

/// What is drawn for a hello. Tests hand in each by itself.
struct hello_draws {
  random_source random;
  std::array<std::uint8_t, 8> grease{};  ///< each is written twice
  random_source x25519;                  ///< fills 32 bytes with a public key
  random_source mlkem768;                ///< fills 1184 bytes with an encapsulation key
  /// In which order the n parts of a group stand: each of 0..n-1 once.
  std::function<std::vector<std::size_t>(std::size_t n)> order;
};

/// Keys that are points of the curve and elements of the ring, GREASE as RFC 8701 wants it, a fair
/// order of the parts.
hello_draws draw_hello(const random_source& random);

/// The record, the 32 bytes of its random zero.
bytes build_hello(hello_shape shape, std::string_view domain, const hello_draws& drawn);

}  // namespace mtfetch::transport
