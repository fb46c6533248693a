// SPDX-License-Identifier: BSL-1.0
// The formulas of SRP without its checks, so that the known answers over toy primes can be tested.
// Private to crypto and its tests.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <string_view>

#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/srp.hpp"

namespace mtfetch::crypto::srp_arithmetic {

using number256 = std::array<std::uint8_t, 256>;

/// x: the password hash PH2.
secret<32> password_hash(std::string_view password, byte_view salt1, byte_view salt2);

/// v = g^x.
number256 verifier(const srp_params& params, byte_view x);

/// B = k v + g^b.
number256 server_public(const srp_params& params, byte_view v, byte_view b);

/// K as the client finds it: from x, its exponent a and A = g^a.
secret<32> client_key(const srp_params& params, byte_view x, byte_view a, const number256& a_public,
                      const number256& b_public);

/// K as the server finds it: from v, its exponent b and B.
secret<32> server_key(const srp_params& params, byte_view v, byte_view b, const number256& a_public,
                      const number256& b_public);

/// M1: what proves that both have the same K.
std::array<std::uint8_t, 32> proof(const srp_params& params, const number256& a_public,
                                   const number256& b_public, byte_view key);

/// A big-endian number with zeros in front, or without those it has too many of. The caller has
/// checked that it fits.
number256 padded(byte_view number);

}  // namespace mtfetch::crypto::srp_arithmetic
