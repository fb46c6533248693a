// SPDX-License-Identifier: BSL-1.0
// The client's steps: each takes one answer, checks all of it and sends the next query.
#include "mtproto/handshake/client.hpp"

#include <algorithm>
#include <array>
#include <mtfetch/mtproto_types.hpp>
#include <utility>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/rsa_pad.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/handshake/sealed_object.hpp"
#include "mtproto/tl/object.hpp"

namespace mtfetch::handshake {
namespace {

/// An exponent whose power is out of range comes with a chance of about 2^-64: more than a few of
/// them in a row say that the group or the randomness is broken.
constexpr int most_exponents = 4;

template <class T>
result<T> read_message(byte_view body) {
  tl::reader in(body);
  T message = tl::read_boxed<T>(in);
  if (in.error()) return in.error();
  // What is behind the object is the sender's padding.
  return message;
}

template <class Message, class Asked>
std::error_code check_nonces(const Message& message, const Asked& asked) {
  if (message.nonce != asked.nonce) return security_errc::nonce_mismatch;
  if (message.server_nonce != asked.server_nonce) return security_errc::server_nonce_mismatch;
  return {};
}

std::error_code check_hash(const tl::int128& received, byte_view expected) {
  if (crypto::equal_in_constant_time(received, expected)) return {};
  return security_errc::new_nonce_mismatch;
}

std::chrono::seconds wall_seconds(instant now) {
  return std::chrono::floor<std::chrono::seconds>(now.wall.time_since_epoch());
}

bytes inner_data(const mtproto::resPQ& offer, const std::pair<std::uint64_t, std::uint64_t>& primes,
                 const crypto::secret<32>& new_nonce, const client_options& options) {
  const auto fill = [&](auto inner) {
    inner.pq = offer.pq;
    inner.p = crypto::number_to_bytes(primes.first);
    inner.q = crypto::number_to_bytes(primes.second);
    inner.nonce = offer.nonce;
    inner.server_nonce = offer.server_nonce;
    std::ranges::copy(new_nonce.view(), inner.new_nonce.begin());
    inner.dc = options.dc;
    const crypto::wipe_at_exit wiped(inner.new_nonce);
    if constexpr (requires { inner.expires_in; }) inner.expires_in = *options.expires_in;
    return tl::serialize(inner);
  };
  return options.expires_in ? fill(mtproto::p_q_inner_data_temp_dc())
                            : fill(mtproto::p_q_inner_data_dc());
}

}  // namespace

client::client(client_options options, random_source random)
    : options_(std::move(options)), random_(std::move(random)) {}

bytes client::seal_plain(byte_view body, instant now, std::chrono::seconds server_offset) {
  return write_plain(ids_.next(now, server_offset), body);
}

bytes client::start(instant now) {
  mtproto::req_pq_multi query;
  random_(query.nonce);
  step_ = asked_pq{query.nonce};
  return seal_plain(tl::serialize(query), now, std::chrono::seconds(0));
}

client::reply client::receive(byte_view packet, instant now) {
  if (const std::error_code* failed = std::get_if<std::error_code>(&step_)) return *failed;
  const result<plain_message> message = read_plain(packet);
  if (message && tl::reader(message->body).peek_u32() == mtproto::msgs_ack::tl_id) {
    return std::optional<bytes>();
  }
  if (done()) return protocol_errc::unexpected_message;
  // Whatever happens now, the state before it is over: a second answer is never looked at.
  step before = std::exchange(step_, std::error_code(protocol_errc::unexpected_message));
  reply out = std::visit(
      [&](auto& state) -> reply {
        if constexpr (requires { on_message(std::move(state), byte_view(), now); }) {
          if (!message) return message.error();
          return on_message(std::move(state), message->body, now);
        } else {
          return protocol_errc::unexpected_message;
        }
      },
      before);
  if (!out) step_ = out.error();
  return out;
}

client::reply client::on_message(asked_pq state, byte_view body, instant now) {
  const result<mtproto::resPQ> offer = read_message<mtproto::resPQ>(body);
  if (!offer) return offer.error();
  if (offer->nonce != state.nonce) return security_errc::nonce_mismatch;

  const auto offered = [&](const crypto::rsa_public_key& key) {
    return std::ranges::count(offer->server_public_key_fingerprints, key.fingerprint()) != 0;
  };
  const auto key = std::ranges::find_if(options_.keys, offered);
  if (key == options_.keys.end()) return security_errc::unknown_fingerprint;

  const std::optional<std::uint64_t> pq = crypto::number_from_bytes(offer->pq);
  const auto primes = pq ? crypto::factorize(*pq) : std::nullopt;
  if (!primes) return security_errc::bad_pq;

  asked_params asked{state.nonce, offer->server_nonce, {}, now};
  random_(asked.new_nonce.span());
  bytes inner = inner_data(*offer, *primes, asked.new_nonce, options_);
  const crypto::wipe_at_exit wiped(inner);
  const auto encrypted = crypto::rsa_pad(inner, *key, random_);

  mtproto::req_DH_params query;
  query.nonce = asked.nonce;
  query.server_nonce = asked.server_nonce;
  query.p = crypto::number_to_bytes(primes->first);
  query.q = crypto::number_to_bytes(primes->second);
  query.public_key_fingerprint = key->fingerprint();
  query.encrypted_data = shared_bytes::copy(encrypted);
  step_ = std::move(asked);
  return std::optional(seal_plain(tl::serialize(query), now, std::chrono::seconds(0)));
}

client::reply client::on_message(asked_params state, byte_view body, instant now) {
  const result<mtproto::Server_DH_Params> params = read_message<mtproto::Server_DH_Params>(body);
  if (!params) return params.error();
  if (const auto* refusal = params->get_if<mtproto::server_DH_params_fail>()) {
    if (const std::error_code wrong = check_nonces(*refusal, state)) return wrong;
    const crypto::sha1_digest hash = crypto::sha1(state.new_nonce);
    const byte_view expected = byte_view(hash).subspan(4, 16);
    if (const std::error_code wrong = check_hash(refusal->new_nonce_hash, expected)) return wrong;
    return security_errc::dh_refused;
  }
  const auto& sealed = params->as<mtproto::server_DH_params_ok>();
  if (const std::error_code wrong = check_nonces(sealed, state)) return wrong;

  const crypto::aes_key_iv keys = crypto::tmp_aes_key_iv(state.new_nonce, state.server_nonce);
  const auto inner = open_object<mtproto::server_DH_inner_data>(sealed.encrypted_answer, keys);
  if (!inner) return inner.error();
  if (const std::error_code wrong = check_nonces(*inner, state)) return wrong;

  const byte_view prime = inner->dh_prime;
  const byte_view g_a = inner->g_a;
  group agreed{{prime.begin(), prime.end()},
               inner->g,
               {g_a.begin(), g_a.end()},
               std::chrono::seconds(inner->server_time) - wall_seconds(now)};
  if (const std::error_code wrong = check(agreed)) return wrong;
  return send_public(std::move(state), std::move(agreed), 0, 0, now);
}

std::error_code client::check(const group& offered) {
  const bool tested_before = !options_.known_safe_prime.empty() &&
                             std::ranges::equal(offered.prime, options_.known_safe_prime);
  const auto known = tested_before ? crypto::prime_verdict::safe : crypto::prime_verdict::untested;
  if (const std::error_code wrong = crypto::check_group(offered.prime, offered.g, known)) {
    return wrong;
  }
  if (!tested_before && !std::ranges::equal(offered.prime, crypto::known_prime())) {
    tested_prime_ = offered.prime;
  }
  return crypto::check_public(offered.g_a, offered.prime);
}

client::reply client::send_public(asked_params asked, group agreed, std::int64_t retry_id,
                                  int retries, instant now) {
  crypto::secret<256> exponent;
  std::array<std::uint8_t, 256> g_b{};
  std::error_code unfit = security_errc::bad_dh_public;
  for (int i = 0; unfit && i < most_exponents; ++i) {
    random_(exponent.span());
    g_b = crypto::power(agreed.g, exponent, agreed.prime);
    unfit = crypto::check_public(g_b, agreed.prime);
  }
  if (unfit) return unfit;
  std::array<std::uint8_t, 256> shared = crypto::power(agreed.g_a, exponent, agreed.prime);
  const crypto::wipe_at_exit wiped(shared);

  mtproto::client_DH_inner_data inner;
  inner.nonce = asked.nonce;
  inner.server_nonce = asked.server_nonce;
  inner.retry_id = retry_id;
  inner.g_b = shared_bytes::copy(g_b);
  bytes encrypted = hash_and_pad(tl::serialize(inner), random_);
  encrypt_object(encrypted, crypto::tmp_aes_key_iv(asked.new_nonce, asked.server_nonce));

  mtproto::set_client_DH_params query;
  query.nonce = asked.nonce;
  query.server_nonce = asked.server_nonce;
  query.encrypted_data = std::move(encrypted);
  const std::chrono::seconds offset = agreed.server_offset;
  step_ = sent_public{std::move(asked), std::move(agreed), crypto::auth_key(shared), retries};
  return std::optional(seal_plain(tl::serialize(query), now, offset));
}

client::reply client::on_message(sent_public state, byte_view body, instant now) {
  const auto answer = read_message<mtproto::Set_client_DH_params_answer>(body);
  if (!answer) return answer.error();
  const asked_params& asked = state.asked;
  const auto check = [&](const auto& message, const tl::int128& hash, std::uint8_t number) {
    const std::error_code wrong = check_nonces(message, asked);
    return wrong ? wrong : check_hash(hash, state.key.new_nonce_hash(asked.new_nonce, number));
  };
  if (const auto* fail = answer->get_if<mtproto::dh_gen_fail>()) {
    if (const std::error_code wrong = check(*fail, fail->new_nonce_hash3, 3)) return wrong;
    return security_errc::dh_refused;
  }
  if (const auto* retry = answer->get_if<mtproto::dh_gen_retry>()) {
    if (const std::error_code wrong = check(*retry, retry->new_nonce_hash2, 2)) return wrong;
    if (state.retries >= options_.max_retries) return security_errc::dh_retry_limit;
    const std::int64_t retry_id = state.key.aux_hash();
    return send_public(std::move(state.asked), std::move(state.agreed), retry_id, state.retries + 1,
                       now);
  }
  const auto& ok = answer->as<mtproto::dh_gen_ok>();
  if (const std::error_code wrong = check(ok, ok.new_nonce_hash1, 1)) return wrong;

  established made{state.key, first_salt(asked.new_nonce, asked.server_nonce),
                   state.agreed.server_offset, 0};
  if (options_.expires_in) {
    // Counted from when it was asked for, so that it never seems to live longer than it does.
    const std::chrono::seconds asked_at = wall_seconds(asked.asked_at) + made.server_offset;
    made.expires_at = static_cast<std::int32_t>(asked_at.count() + *options_.expires_in);
  }
  step_ = std::move(made);
  return std::optional<bytes>();
}

established client::take() {
  established made = std::get<established>(std::move(step_));
  step_ = finished();
  return made;
}

}  // namespace mtfetch::handshake
