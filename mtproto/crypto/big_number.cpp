// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/big_number.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>

#include <new>
#include <stdexcept>

namespace mtfetch::crypto {
namespace {

struct release {
  void operator()(BN_CTX* p) const { BN_CTX_free(p); }
};

// OpenSSL's room for intermediate results, a fresh one for every operation: it is wiped when freed,
// so nothing of a secret stays behind, and next to the operations it costs nothing.
class scratch {
 public:
  scratch() : context_(BN_CTX_new()) {
    if (!context_) throw std::bad_alloc();
  }
  operator BN_CTX*() const { return context_.get(); }  // NOLINT(google-explicit-constructor)

 private:
  std::unique_ptr<BN_CTX, release> context_;
};

void check(int outcome) {
  if (outcome == 1) return;
  ERR_clear_error();
  throw std::domain_error("an operation on big numbers has no result");
}

}  // namespace

void big_number::wipe_number::operator()(bignum_st* number) const noexcept {
  BN_clear_free(number);
}

big_number::handle big_number::make() {
  handle made(BN_new());
  if (!made) throw std::bad_alloc();
  return made;
}

big_number::big_number(byte_view big_endian) : number_(make()) {
  if (big_endian.size() > std::size_t{1} << 20) throw std::domain_error("the number is too long");
  const int size = static_cast<int>(big_endian.size());
  if (BN_bin2bn(big_endian.data(), size, number_.get()) == nullptr) throw std::bad_alloc();
}

big_number::big_number(std::uint32_t value) : number_(make()) {
  check(BN_set_word(number_.get(), value));
}

big_number big_number::power_of_two(std::size_t exponent) {
  handle made = make();
  check(BN_set_bit(made.get(), static_cast<int>(exponent)));
  return big_number(std::move(made));
}

std::array<std::uint8_t, 256> big_number::to_bytes() const {
  std::array<std::uint8_t, 256> out{};
  const int size = static_cast<int>(out.size());
  check(BN_bn2binpad(number_.get(), out.data(), size) == size ? 1 : 0);
  return out;
}

bool big_number::is_odd() const {
  return BN_is_odd(number_.get()) == 1;
}

bool big_number::is_prime() const {
  const int outcome = BN_check_prime(number_.get(), scratch(), nullptr);
  if (outcome < 0) throw std::bad_alloc();
  return outcome == 1;
}

int big_number::compare(const big_number& other) const {
  return BN_cmp(number_.get(), other.number_.get());
}

big_number big_number::half() const {
  handle made = make();
  check(BN_rshift1(made.get(), number_.get()));
  return big_number(std::move(made));
}

big_number big_number::plus(const big_number& other) const {
  handle made = make();
  check(BN_add(made.get(), number_.get(), other.number_.get()));
  return big_number(std::move(made));
}

big_number big_number::times(const big_number& other) const {
  handle made = make();
  check(BN_mul(made.get(), number_.get(), other.number_.get(), scratch()));
  return big_number(std::move(made));
}

big_number big_number::times(const big_number& other, const big_number& modulus) const {
  handle made = make();
  check(
      BN_mod_mul(made.get(), number_.get(), other.number_.get(), modulus.number_.get(), scratch()));
  return big_number(std::move(made));
}

big_number big_number::plus(const big_number& other, const big_number& modulus) const {
  handle made = make();
  check(
      BN_mod_add(made.get(), number_.get(), other.number_.get(), modulus.number_.get(), scratch()));
  return big_number(std::move(made));
}

big_number big_number::minus(const big_number& other, const big_number& modulus) const {
  handle made = make();
  check(
      BN_mod_sub(made.get(), number_.get(), other.number_.get(), modulus.number_.get(), scratch()));
  return big_number(std::move(made));
}

big_number big_number::power(const big_number& exponent, const big_number& odd_modulus) const {
  const scratch room;
  handle made = make();
  check(BN_nnmod(made.get(), number_.get(), odd_modulus.number_.get(), room));
  check(BN_mod_exp_mont_consttime(made.get(), made.get(), exponent.number_.get(),
                                  odd_modulus.number_.get(), room, nullptr));
  return big_number(std::move(made));
}

}  // namespace mtfetch::crypto
