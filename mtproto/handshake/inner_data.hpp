// SPDX-License-Identifier: BSL-1.0
// What a client says under RSA, in any of the forms that clients use.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>
#include <optional>

#include "mtproto/crypto/rsa.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::handshake {

/// p_q_inner_data, _dc, _temp or _temp_dc.
struct inner_data {
  std::uint64_t pq = 0;
  std::uint64_t p = 0;
  std::uint64_t q = 0;
  tl::int128 nonce{};
  tl::int128 server_nonce{};
  crypto::secret<32> new_nonce;
  std::optional<std::int32_t> dc;
  std::optional<std::int32_t> expires_in;  ///< seconds; only of a temporary key
};

/// Opens encrypted_data, padded by RSA_PAD or by the SHA-1 scheme before it.
/// security_errc::rsa_mismatch when neither fits, or what is inside cannot be read.
result<inner_data> open_inner_data(byte_view encrypted, const crypto::rsa_private_key& key);

}  // namespace mtfetch::handshake
