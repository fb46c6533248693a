// SPDX-License-Identifier: BSL-1.0
// RSA-2048 without padding: the key of a data centre, both halves.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/result.hpp>
#include <string>
#include <string_view>

namespace mtfetch::crypto {

/// A public key of exactly 2048 bits. Copyable; may be used from several threads.
class rsa_public_key {
 public:
  /// Reads PEM, either PKCS#1 ("RSA PUBLIC KEY", what Telegram publishes) or SPKI ("PUBLIC KEY").
  /// protocol_errc::bad_value for anything else, other sizes included.
  static result<rsa_public_key> from_pem(std::string_view pem);
  /// From modulus and exponent, big-endian.
  static result<rsa_public_key> from_numbers(byte_view n, byte_view e);

  /// How resPQ names it: the last 8 bytes of SHA1(TL bytes of n, TL bytes of e), little-endian.
  std::int64_t fingerprint() const { return fingerprint_; }
  /// block^e mod n. The block is a big-endian number below n; it is what rsa_pad makes.
  std::array<std::uint8_t, 256> encrypt(byte_view block) const;
  byte_view n() const { return n_; }
  byte_view e() const { return e_; }

 private:
  rsa_public_key(bytes n, bytes e);
  bytes n_;
  bytes e_;
  std::int64_t fingerprint_;
};

/// The server's half. Copyable (copies share the key); may be used from several threads.
class rsa_private_key {
 public:
  /// A new key of 2048 bits and e = 65537. Takes a good part of a second.
  static rsa_private_key generate();
  /// PKCS#1 or PKCS#8, not encrypted; protocol_errc::bad_value otherwise.
  static result<rsa_private_key> from_pem(std::string_view pem);
  /// PKCS#8. The string is a secret: wipe it after use.
  std::string to_pem() const;
  /// PKCS#1 "RSA PUBLIC KEY", as network files have it.
  std::string public_pem() const;
  /// block^d mod n; the block has 256 bytes and is below n, else security_errc::rsa_mismatch.
  result<std::array<std::uint8_t, 256>> decrypt(byte_view block) const;
  const rsa_public_key& public_key() const { return public_key_; }

 private:
  struct state;
  rsa_private_key(std::shared_ptr<const state> key, rsa_public_key public_key);
  static result<rsa_private_key> from_state(std::shared_ptr<const state> key);
  std::shared_ptr<const state> state_;
  rsa_public_key public_key_;
};

}  // namespace mtfetch::crypto
