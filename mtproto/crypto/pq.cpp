// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/pq.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

namespace mtfetch::crypto {
namespace {

using u64 = std::uint64_t;
using u128 = unsigned __int128;

// Arithmetic modulo an odd number without division: numbers are kept multiplied by 2^64, and a
// product is brought back by two multiplications (Montgomery).
class montgomery {
 public:
  explicit montgomery(u64 modulus) : n_(modulus), inverse_(modulus) {
    // Newton: every step doubles the number of right bits, from 3 to 96.
    for (int i = 0; i < 5; ++i) inverse_ *= 2 - n_ * inverse_;
    one_ = (0 - n_) % n_;
    square_ = static_cast<u64>(u128(one_) * one_ % n_);
  }

  u64 one() const { return one_; }
  u64 from(u64 value) const { return times(value % n_, square_); }
  u64 times(u64 a, u64 b) const {
    const u128 product = u128(a) * b;
    const u64 factor = static_cast<u64>(product) * inverse_;
    const u64 high = static_cast<u64>(product >> 64);
    const u64 back = static_cast<u64>((u128(factor) * n_) >> 64);
    return high >= back ? high - back : high - back + n_;
  }
  u64 plus(u64 a, u64 b) const { return a >= n_ - b ? a - (n_ - b) : a + b; }
  u64 power(u64 base, u64 exponent) const {
    u64 product = one_;
    for (; exponent != 0; exponent >>= 1, base = times(base, base)) {
      if ((exponent & 1) != 0) product = times(product, base);
    }
    return product;
  }

 private:
  u64 n_;
  u64 inverse_;
  u64 one_ = 0;
  u64 square_ = 0;
};

constexpr std::array<u64, 12> small_primes{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

// Brent's form of Pollard's rho: looks for a cycle of x -> x^2 + c modulo an unknown factor. The
// differences are multiplied together and one gcd serves many steps; when they catch more than one
// factor at once, the last stretch is walked again in single steps. Gives n when c is unlucky.
u64 find_factor(const montgomery& mod, u64 n, u64 c) {
  constexpr u64 stretch = 128;
  const u64 addend = mod.from(c);
  const auto step = [&](u64 x) { return mod.plus(mod.times(x, x), addend); };
  const auto distance = [](u64 a, u64 b) { return a > b ? a - b : b - a; };

  u64 y = mod.from(2);
  u64 x = y;
  u64 saved = y;
  u64 product = mod.one();
  u64 factor = 1;
  for (u64 length = 1; factor == 1; length *= 2) {
    x = y;
    for (u64 i = 0; i < length; ++i) y = step(y);
    for (u64 done = 0; done < length && factor == 1; done += stretch) {
      saved = y;
      for (u64 i = 0; i < std::min(stretch, length - done); ++i) {
        y = step(y);
        product = mod.times(product, distance(x, y));
      }
      factor = std::gcd(product, n);
    }
  }
  if (factor == n) {
    factor = 1;
    while (factor == 1) {
      saved = step(saved);
      factor = std::gcd(distance(x, saved), n);
    }
  }
  return factor;
}

u64 square_root(u64 n) {
  auto root = static_cast<u64>(std::sqrt(static_cast<double>(n)));
  while (u128(root) * root > n) --root;
  while (u128(root + 1) * (root + 1) <= n) ++root;
  return root;
}

u64 any_factor(u64 n) {
  for (const u64 prime : small_primes) {
    if (n % prime == 0) return prime;
  }
  // The rho walk cannot part two equal primes.
  if (const u64 root = square_root(n); root * root == n) return root;
  const montgomery mod(n);
  for (u64 c = 1;; ++c) {
    if (const u64 factor = find_factor(mod, n, c); factor != n) return factor;
  }
}

}  // namespace

bool is_prime(u64 n) {
  if (n < 2) return false;
  for (const u64 prime : small_primes) {
    if (n % prime == 0) return n == prime;
  }
  // Miller-Rabin. The first twelve primes as bases are proved to suffice for all 64-bit numbers.
  const montgomery mod(n);
  const u64 minus_one = n - mod.one();
  const int twos = std::countr_zero(n - 1);
  const auto says_composite = [&](u64 base) {
    u64 x = mod.power(mod.from(base), (n - 1) >> twos);
    if (x == mod.one() || x == minus_one) return false;
    for (int i = 1; i < twos; ++i) {
      x = mod.times(x, x);
      if (x == minus_one) return false;
    }
    return true;
  };
  return std::none_of(small_primes.begin(), small_primes.end(), says_composite);
}

std::optional<std::pair<u64, u64>> factorize(u64 pq) {
  if (pq < 4 || pq >= u64{1} << 63 || is_prime(pq)) return std::nullopt;
  const u64 factor = any_factor(pq);
  const u64 other = pq / factor;
  if (!is_prime(factor) || !is_prime(other)) return std::nullopt;
  return std::pair(std::min(factor, other), std::max(factor, other));
}

std::optional<u64> number_from_bytes(byte_view big_endian) {
  if (big_endian.size() > 8) return std::nullopt;
  u64 number = 0;
  for (const std::uint8_t byte : big_endian) number = number << 8 | byte;
  return number;
}

bytes number_to_bytes(u64 number) {
  bytes out;
  for (; number != 0; number >>= 8) out.push_back(static_cast<std::uint8_t>(number));
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace mtfetch::crypto
