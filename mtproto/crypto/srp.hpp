// SPDX-License-Identifier: BSL-1.0
// The two-factor password check (SRP 2048), the client's side and the server's.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/result.hpp>
#include <string_view>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {

/// passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow.
/// https://core.telegram.org/api/srp
struct srp_params {
  bytes salt1;
  bytes salt2;
  std::int32_t g = 0;
  bytes p;
};

/// What auth.checkPassword sends.
struct srp_answer {
  std::array<std::uint8_t, 256> a;
  std::array<std::uint8_t, 32> m1;
};

/// The client's answer to account.password. The password is UTF-8 as typed; the caller wipes its
/// own copy. Checks p, g and srp_B as the key exchange does: security_errc::bad_srp_parameters.
/// Takes tens of milliseconds (PBKDF2 with 100,000 rounds), more with an unknown prime.
result<srp_answer> answer_srp(std::string_view password, const srp_params& params, byte_view srp_b,
                              const random_source& random,
                              prime_verdict known = prime_verdict::untested);

/// The verifier g^x that a server stores, and that account.updatePasswordSettings sends as
/// new_password_hash. security_errc::bad_srp_parameters for a group that is not acceptable.
result<std::array<std::uint8_t, 256>> srp_verifier(std::string_view password,
                                                   const srp_params& params,
                                                   prime_verdict known = prime_verdict::untested);

/// The server's side of one check. Its parameters are its own, so they are not tested again.
class srp_server {
 public:
  srp_server(srp_params params, byte_view verifier, const random_source& random);

  /// srp_B, 256 bytes.
  byte_view b() const { return public_; }
  /// Whether the client knows the password. A value of A outside its range is never accepted.
  bool check(byte_view a, byte_view m1) const;

 private:
  srp_params params_;
  secret<256> verifier_;
  secret<256> exponent_;
  std::array<std::uint8_t, 256> public_{};
};

}  // namespace mtfetch::crypto
