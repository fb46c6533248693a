// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/faults/handshake_lies.hpp"

#include <memory>
#include <utility>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/testing/faults/spoiled_answer.hpp"

namespace mtfetch::testing {

namespace {

using handshake::verdict;

// The largest prime below 2^63.
constexpr std::uint8_t prime_below_2_63[] = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7};
constexpr std::size_t range_bytes = 1984 / 8;

bytes known_prime() {
  const byte_view known = crypto::known_prime();
  return {known.begin(), known.end()};
}

bytes prime_less(std::uint8_t number) {
  bytes made = known_prime();
  made.back() = static_cast<std::uint8_t>(made.back() - number);  // it ends in 5b
  return made;
}

// dh_prime - 2^1984 + 1: one above the largest number that is allowed.
bytes just_above_the_range() {
  bytes made = known_prime();
  made[made.size() - range_bytes - 1] -= 1;  // 2^1984 is 1 at this byte, which is not 0
  ++made.back();
  return made;
}

// 2^2048 - 1557: a prime of the right size; the half of it, rounded down, is none.
bytes unsafe_prime() {
  bytes made(256, 0xff);
  made[254] = 0xf9;
  made[255] = 0xeb;
  return made;
}

void spoil_group(mtproto::server_DH_inner_data& inner, handshake_lie how) {
  switch (how) {
    case handshake_lie::wrong_inner_nonce:
      inner.nonce[3] ^= 1;
      break;
    case handshake_lie::composite_prime:
      inner.dh_prime = prime_less(2);
      break;
    case handshake_lie::unsafe_prime:
      inner.dh_prime = unsafe_prime();
      break;
    case handshake_lie::small_prime:
      inner.dh_prime = shared_bytes::copy(crypto::known_prime().subspan(1));
      break;
    case handshake_lie::bad_generator:
      inner.g = 2;
      break;
    case handshake_lie::zero_g_a:
      inner.g_a = bytes(256);
      break;
    case handshake_lie::one_g_a:
      inner.g_a = bytes(1, 1);
      break;
    case handshake_lie::prime_less_one_g_a:
      inner.g_a = prime_less(1);
      break;
    case handshake_lie::prime_g_a:
      inner.g_a = known_prime();
      break;
    case handshake_lie::small_g_a:
      inner.g_a = bytes(range_bytes, 0xff);
      break;
    case handshake_lie::large_g_a:
      inner.g_a = just_above_the_range();
      break;
    default:
      break;
  }
}

void spoil_end(mtproto::Set_client_DH_params_answer& answer, handshake_lie how) {
  if (auto* ok = answer.get_if<mtproto::dh_gen_ok>()) {
    if (how == handshake_lie::wrong_new_nonce_hash) ok->new_nonce_hash1[5] ^= 1;
  } else if (auto* fail = answer.get_if<mtproto::dh_gen_fail>()) {
    if (how == handshake_lie::fail_with_wrong_hash) fail->new_nonce_hash3[5] ^= 1;
  }
}

std::optional<verdict> forced(handshake_lie how, int attempt) {
  switch (how) {
    case handshake_lie::retry_once:
      return attempt == 0 ? verdict::retry : verdict::ok;
    case handshake_lie::retry_for_ever:
      return verdict::retry;
    case handshake_lie::fail:
    case handshake_lie::fail_with_wrong_hash:
      return verdict::fail;
    default:
      return std::nullopt;
  }
}

}  // namespace

void lie_in_handshakes(handshake::server_options& options,
                       std::function<std::optional<handshake_lie>()> ask, random_source random) {
  const auto current = std::make_shared<std::optional<handshake_lie>>();
  const auto is = [current](handshake_lie one) { return *current == one; };

  options.lies.res_pq = [current, is, ask = std::move(ask)](mtproto::resPQ& offer) {
    *current = ask();
    if (is(handshake_lie::wrong_nonce)) offer.nonce[3] ^= 1;
    if (is(handshake_lie::prime_pq)) offer.pq = shared_bytes::copy(prime_below_2_63);
    if (is(handshake_lie::unknown_fingerprints)) {
      for (std::int64_t& each : offer.server_public_key_fingerprints) each ^= 1;
    }
  };
  options.lies.dh_inner = [current](mtproto::server_DH_inner_data& inner) {
    if (*current) spoil_group(inner, **current);
  };
  options.lies.dh_plaintext = [is](bytes& plaintext) {
    if (is(handshake_lie::wrong_answer_hash)) plaintext[3] ^= 1;
  };
  options.lies.dh_params = [is](mtproto::Server_DH_Params& params) {
    if (!is(handshake_lie::wrong_server_nonce)) return;
    params.as<mtproto::server_DH_params_ok>().server_nonce[3] ^= 1;
  };
  options.lies.dh_gen = [current](mtproto::Set_client_DH_params_answer& answer) {
    if (*current) spoil_end(answer, **current);
  };
  options.lies.packet = [is, random = std::move(random)](bytes& packet) {
    if (!is(handshake_lie::garbage_for_an_answer)) return;
    packet = noise(random, 256);
  };
  options.force_verdict = [current](int attempt) {
    return *current ? forced(**current, attempt) : std::nullopt;
  };
}

}  // namespace mtfetch::testing
