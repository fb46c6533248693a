// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/srp.hpp"

#include <algorithm>

#include "mtproto/crypto/srp_arithmetic.hpp"

namespace mtfetch::crypto {
namespace {

namespace math = srp_arithmetic;

// The salts are of the server and are hashed only; a bound keeps a hostile one from costing much.
bool acceptable(const srp_params& params, prime_verdict known) {
  constexpr std::size_t longest_salt = 1024;
  return params.salt1.size() <= longest_salt && params.salt2.size() <= longest_salt &&
         !check_group(params.p, params.g, known);
}

}  // namespace

result<srp_answer> answer_srp(std::string_view password, const srp_params& params, byte_view srp_b,
                              const random_source& random, prime_verdict known) {
  if (!acceptable(params, known) || check_public(srp_b, params.p)) {
    return security_errc::bad_srp_parameters;
  }
  secret<256> exponent;
  random(exponent.span());
  srp_answer answer{};
  answer.a = power(params.g, exponent, params.p);
  // The server would refuse an A outside its range; with real randomness there is none.
  if (check_public(answer.a, params.p)) return security_errc::bad_srp_parameters;
  const math::number256 b_public = math::padded(srp_b);
  const secret<32> x = math::password_hash(password, params.salt1, params.salt2);
  const secret<32> key = math::client_key(params, x, exponent, answer.a, b_public);
  answer.m1 = math::proof(params, answer.a, b_public, key);
  return answer;
}

result<std::array<std::uint8_t, 256>> srp_verifier(std::string_view password,
                                                   const srp_params& params, prime_verdict known) {
  if (!acceptable(params, known)) return security_errc::bad_srp_parameters;
  return math::verifier(params, math::password_hash(password, params.salt1, params.salt2));
}

srp_server::srp_server(srp_params params, byte_view verifier, const random_source& random)
    : params_(std::move(params)), verifier_(math::padded(verifier)) {
  random(exponent_.span());
  public_ = math::server_public(params_, verifier_, exponent_);
}

bool srp_server::check(byte_view a, byte_view m1) const {
  if (check_public(a, params_.p)) return false;
  const math::number256 a_public = math::padded(a);
  const secret<32> key = math::server_key(params_, verifier_, exponent_, a_public, public_);
  return equal_in_constant_time(math::proof(params_, a_public, public_, key), m1);
}

}  // namespace mtfetch::crypto
