// SPDX-License-Identifier: BSL-1.0
// Non-negative integers of thousands of bits, as Diffie-Hellman, RSA and SRP need them. Private to
// crypto.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <utility>

struct bignum_st;  // OpenSSL's own name of its numbers

namespace mtfetch::crypto {

/// A move-only value over OpenSSL's numbers, with only the operations that this room uses. Every
/// number may be a secret, so each is wiped at its end. Throws std::bad_alloc when memory ends, and
/// std::domain_error for an operation that has no result.
class big_number {
 public:
  explicit big_number(byte_view big_endian);
  explicit big_number(std::uint32_t value);
  static big_number power_of_two(std::size_t exponent);

  /// 256 bytes, zeros in front. Throws std::domain_error for a number that has more.
  std::array<std::uint8_t, 256> to_bytes() const;

  bool is_odd() const;
  /// 64 rounds of Miller-Rabin and more: takes up to a second for a prime of 2048 bits.
  bool is_prime() const;
  big_number half() const;
  big_number plus(const big_number& other) const;
  big_number times(const big_number& other) const;
  big_number times(const big_number& other, const big_number& modulus) const;
  big_number minus(const big_number& other, const big_number& modulus) const;
  big_number plus(const big_number& other, const big_number& modulus) const;
  /// this^exponent modulo an odd number, in a time that does not depend on the exponent's bits.
  big_number power(const big_number& exponent, const big_number& odd_modulus) const;

  friend big_number operator+(const big_number& a, const big_number& b) { return a.plus(b); }
  friend bool operator<(const big_number& a, const big_number& b) { return a.compare(b) < 0; }

 private:
  struct wipe_number {
    void operator()(bignum_st* number) const noexcept;
  };
  using handle = std::unique_ptr<bignum_st, wipe_number>;

  explicit big_number(handle number) : number_(std::move(number)) {}
  static handle make();
  int compare(const big_number& other) const;
  handle number_;
};

}  // namespace mtfetch::crypto
