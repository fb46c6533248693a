// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/dh.hpp"

#include <algorithm>
#include <stdexcept>

#include "mtproto/crypto/big_number.hpp"
#include "mtproto/crypto/hex.hpp"

namespace mtfetch::crypto {
namespace {

constexpr auto well_known = from_hex<256>(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f"
    "48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c37"
    "20fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64"
    "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4"
    "a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754"
    "fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4"
    "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f"
    "0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b");

constexpr std::size_t range_bits = 1984;

byte_view without_leading_zeros(byte_view number) {
  const auto first = std::find_if(number.begin(), number.end(), [](auto b) { return b != 0; });
  return number.subspan(static_cast<std::size_t>(first - number.begin()));
}

unsigned remainder(byte_view number, unsigned divisor) {
  unsigned left = 0;
  for (const std::uint8_t byte : number) left = (left << 8 | byte) % divisor;
  return left;
}

// Whether g is a quadratic residue modulo the prime, so that its powers are the subgroup of prime
// order (p-1)/2: the rules of the documentation, by quadratic reciprocity.
bool generator_fits(std::int32_t g, byte_view prime) {
  switch (g) {
    case 2:
      return remainder(prime, 8) == 7;
    case 3:
      return remainder(prime, 3) == 2;
    case 4:
      return true;
    case 5:
      return remainder(prime, 5) == 1 || remainder(prime, 5) == 4;
    case 6:
      return remainder(prime, 24) == 19 || remainder(prime, 24) == 23;
    case 7:
      return remainder(prime, 7) == 3 || remainder(prime, 7) == 5 || remainder(prime, 7) == 6;
    default:
      return false;
  }
}

bool is_safe_prime(byte_view prime) {
  const big_number p(prime);
  // The half first: a random prime fails there at once, and so does a number made to look prime.
  return p.is_odd() && p.half().is_prime() && p.is_prime();
}

std::array<std::uint8_t, 256> power_of(const big_number& base, byte_view exponent,
                                       byte_view prime) {
  const big_number p(prime);
  if (prime.size() > 256 || !p.is_odd()) {
    throw std::invalid_argument("the modulus must be odd and have at most 256 bytes");
  }
  return base.power(big_number(exponent), p).to_bytes();
}

}  // namespace

std::error_code check_group(byte_view prime, std::int32_t g, prime_verdict known) {
  prime = without_leading_zeros(prime);
  if (prime.size() != 256 || prime[0] < 0x80) return security_errc::bad_dh_prime;
  if (!std::ranges::equal(prime, well_known) && known == prime_verdict::untested &&
      !is_safe_prime(prime)) {
    return security_errc::bad_dh_prime;
  }
  if (!generator_fits(g, prime)) return security_errc::bad_dh_generator;
  return {};
}

std::error_code check_public(byte_view value, byte_view prime) {
  value = without_leading_zeros(value);
  prime = without_leading_zeros(prime);
  // Longer than the prime is larger than it; this also bounds the work on what a peer sent.
  if (value.size() > prime.size()) return security_errc::bad_dh_public;
  const big_number v(value);
  const big_number p(prime);
  // 2^1984 <= v <= p - 2^1984 says 1 < v < p - 1 too: one range is enough for both rules.
  const big_number edge = big_number::power_of_two(range_bits);
  if (v < edge || p < v + edge) return security_errc::bad_dh_public;
  return {};
}

std::array<std::uint8_t, 256> power(byte_view base, byte_view exponent, byte_view prime) {
  return power_of(big_number(base), exponent, prime);
}

std::array<std::uint8_t, 256> power(std::int32_t g, byte_view exponent, byte_view prime) {
  return power_of(big_number(static_cast<std::uint32_t>(g)), exponent, prime);
}

byte_view known_prime() {
  return well_known;
}

}  // namespace mtfetch::crypto
