// SPDX-License-Identifier: BSL-1.0
// The server's steps, and its memory of what it has answered.
#include "mtproto/handshake/server.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/handshake/inner_data.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/handshake/sealed_object.hpp"
#include "mtproto/tl/object.hpp"

namespace mtfetch::handshake {
namespace {

constexpr std::int32_t not_found = -404;
constexpr std::int32_t wrong_dc = -444;
constexpr std::chrono::minutes memory_of_an_exchange(10);
/// More queries of one exchange than this are not answered: an honest client needs two, and one
/// more for each time it is asked to try again.
constexpr std::size_t most_answers = 32;

server::reply refuse(std::int32_t code = not_found) {
  server::reply out;
  out.transport_error = code;
  return out;
}

/// A prime of 31 bits.
std::uint64_t draw_prime(const random_source& random) {
  for (;;) {
    std::array<std::uint8_t, 4> drawn;
    random(drawn);
    std::uint64_t candidate = 0;
    for (const std::uint8_t byte : drawn) candidate = candidate << 8 | byte;
    candidate = (candidate & 0x7fffffff) | 0x40000001;
    if (crypto::is_prime(candidate)) return candidate;
  }
}

/// The object at the front of a query, and how many bytes it has: what is behind it may differ
/// from one sending to the next.
template <class T>
struct parsed {
  T query;
  byte_view object;
};
template <class T>
std::optional<parsed<T>> parse_query(byte_view body) {
  tl::reader in(body);
  T query = tl::read_boxed<T>(in);
  if (in.error()) return std::nullopt;
  return parsed<T>{std::move(query), body.first(in.position())};
}

std::chrono::seconds unix_time(instant now) {
  return std::chrono::floor<std::chrono::seconds>(now.wall.time_since_epoch());
}

template <class Function, class... Arguments>
void call_if_set(const Function& function, Arguments&... arguments) {
  if (function) function(arguments...);
}

}  // namespace

/// One key exchange: named by its two nonces, begun by a req_pq.
struct server::exchange {
  struct answered {
    bytes query;
    bytes packet;
  };

  tl::int128 nonce{};
  tl::int128 server_nonce{};
  std::uint64_t p = 0;
  std::uint64_t q = 0;
  time_point begun;
  std::vector<answered> answers;

  // From req_DH_params on.
  bool group_offered = false;
  crypto::secret<32> new_nonce;
  crypto::secret<256> exponent;
  std::optional<std::int32_t> expires_in;

  // From set_client_DH_params on.
  std::int64_t retry_id = 0;
  int attempts = 0;
  bool ended = false;

  /// The answer that this query got before, if it did.
  std::optional<reply> answer_to(byte_view query) const {
    const auto same = [&](const answered& each) { return std::ranges::equal(each.query, query); };
    const auto at = std::ranges::find_if(answers, same);
    if (at == answers.end()) return std::nullopt;
    reply out;
    out.packet = at->packet;
    return out;
  }
};

server::server(server_options options, random_source random)
    : options_(std::move(options)), random_(std::move(random)) {
  if (options_.prime.empty()) {
    const byte_view known = crypto::known_prime();
    options_.prime.assign(known.begin(), known.end());
  }
}
server::server(const server&) = default;
server& server::operator=(const server&) = default;
server::server(server&&) noexcept = default;
server& server::operator=(server&&) noexcept = default;
server::~server() = default;

server::reply server::receive(byte_view packet, instant now) {
  std::erase_if(exchanges_,
                [&](const exchange& old) { return now.mono - old.begun > memory_of_an_exchange; });
  const result<plain_message> message = read_plain(packet);
  if (!message) return refuse();
  switch (tl::reader(message->body).peek_u32()) {
    case mtproto::req_pq::tl_id:
    case mtproto::req_pq_multi::tl_id:
      return on_req_pq(message->body, now);
    case mtproto::req_DH_params::tl_id:
      return on_req_dh_params(message->body, now);
    case mtproto::set_client_DH_params::tl_id:
      return on_client_dh(message->body, now);
    case mtproto::msgs_ack::tl_id:
      return {};
    default:
      return refuse();
  }
}

server::exchange* server::find(const tl::int128& nonce, const tl::int128& server_nonce) {
  const auto at = std::ranges::find_if(exchanges_, [&](const exchange& each) {
    return each.nonce == nonce && each.server_nonce == server_nonce;
  });
  return at == exchanges_.end() ? nullptr : &*at;
}

server::reply server::answer(exchange& to, byte_view query, bytes body, instant now) {
  reply out;
  out.packet =
      write_plain(ids_.next(now, duration::zero(), tl::message_origin::server_answer), body);
  call_if_set(options_.lies.packet, *out.packet);
  to.answers.push_back({{query.begin(), query.end()}, *out.packet});
  return out;
}

server::reply server::on_req_pq(byte_view body, instant now) {
  // Both forms of the query have the nonce behind their id and nothing else.
  tl::reader in(body);
  in.u32();
  const tl::int128 nonce = in.i128();
  if (in.error()) return refuse();
  const byte_view object = body.first(in.position());

  const auto known = std::ranges::find(exchanges_, nonce, &exchange::nonce);
  if (known != exchanges_.end()) {
    reply out;
    out.packet = known->answers.front().packet;
    return out;
  }
  if (exchanges_.size() >= std::max<std::size_t>(options_.max_exchanges, 1)) {
    exchanges_.pop_front();
  }
  exchange& begun = exchanges_.emplace_back();
  begun.nonce = nonce;
  random_(begun.server_nonce);
  begun.begun = now.mono;
  begun.p = draw_prime(random_);
  do begun.q = draw_prime(random_);
  while (begun.q == begun.p);
  if (begun.p > begun.q) std::swap(begun.p, begun.q);

  mtproto::resPQ offer;
  offer.nonce = nonce;
  offer.server_nonce = begun.server_nonce;
  offer.pq = crypto::number_to_bytes(begun.p * begun.q);
  for (const crypto::rsa_private_key& key : options_.keys) {
    offer.server_public_key_fingerprints.push_back(key.public_key().fingerprint());
  }
  call_if_set(options_.lies.res_pq, offer);
  return answer(begun, object, tl::serialize(offer), now);
}

server::reply server::on_req_dh_params(byte_view body, instant now) {
  const auto query = parse_query<mtproto::req_DH_params>(body);
  if (!query) return refuse();
  const mtproto::req_DH_params& asked = query->query;
  exchange* const found = find(asked.nonce, asked.server_nonce);
  if (found == nullptr) return refuse();
  if (std::optional<reply> again = found->answer_to(query->object)) return *std::move(again);
  if (found->group_offered) return refuse();

  const auto is_named = [&](const crypto::rsa_private_key& key) {
    return key.public_key().fingerprint() == asked.public_key_fingerprint;
  };
  const auto key = std::ranges::find_if(options_.keys, is_named);
  if (key == options_.keys.end() || crypto::number_from_bytes(asked.p) != found->p ||
      crypto::number_from_bytes(asked.q) != found->q) {
    return refuse();
  }
  const result<inner_data> inner = open_inner_data(asked.encrypted_data, *key);
  if (!inner || inner->nonce != found->nonce || inner->server_nonce != found->server_nonce ||
      inner->p != found->p || inner->q != found->q || inner->pq != found->p * found->q ||
      inner->expires_in.value_or(1) <= 0) {
    return refuse();
  }
  if (inner->dc && options_.dc != 0) {
    constexpr std::int64_t test_dc = 10000;
    const std::int64_t named = std::abs(std::int64_t{*inner->dc});
    if (named != options_.dc && named != options_.dc + test_dc) return refuse(wrong_dc);
  }
  found->new_nonce = inner->new_nonce;
  found->expires_in = inner->expires_in;
  found->group_offered = true;
  return answer(*found, query->object, offer_group(*found, now), now);
}

bytes server::offer_group(exchange& to, instant now) {
  random_(to.exponent.span());
  mtproto::server_DH_inner_data inner;
  inner.nonce = to.nonce;
  inner.server_nonce = to.server_nonce;
  inner.g = options_.g;
  inner.dh_prime = shared_bytes::copy(options_.prime);
  inner.g_a = shared_bytes::copy(crypto::power(options_.g, to.exponent, options_.prime));
  inner.server_time = static_cast<std::int32_t>(unix_time(now).count());
  call_if_set(options_.lies.dh_inner, inner);

  bytes sealed = hash_and_pad(tl::serialize(inner), random_);
  call_if_set(options_.lies.dh_plaintext, sealed);
  encrypt_object(sealed, crypto::tmp_aes_key_iv(to.new_nonce, to.server_nonce));
  mtproto::server_DH_params_ok params;
  params.nonce = to.nonce;
  params.server_nonce = to.server_nonce;
  params.encrypted_answer = std::move(sealed);
  mtproto::Server_DH_Params boxed(std::move(params));
  call_if_set(options_.lies.dh_params, boxed);
  return tl::serialize(boxed);
}

server::reply server::on_client_dh(byte_view body, instant now) {
  const auto query = parse_query<mtproto::set_client_DH_params>(body);
  if (!query) return refuse();
  exchange* const found = find(query->query.nonce, query->query.server_nonce);
  if (found == nullptr) return refuse();
  if (std::optional<reply> again = found->answer_to(query->object)) return *std::move(again);
  if (!found->group_offered || found->ended || found->answers.size() >= most_answers) {
    return refuse();
  }
  const crypto::aes_key_iv keys = crypto::tmp_aes_key_iv(found->new_nonce, found->server_nonce);
  const auto inner = open_object<mtproto::client_DH_inner_data>(query->query.encrypted_data, keys);
  if (!inner || inner->nonce != found->nonce || inner->server_nonce != found->server_nonce ||
      inner->retry_id != found->retry_id || crypto::check_public(inner->g_b, options_.prime)) {
    return refuse();
  }
  std::array<std::uint8_t, 256> shared = crypto::power(inner->g_b, found->exponent, options_.prime);
  const crypto::wipe_at_exit wiped(shared);
  const crypto::auth_key key(shared);

  verdict outcome =
      options_.key_exists && options_.key_exists(key.id()) ? verdict::retry : verdict::ok;
  if (options_.force_verdict) {
    outcome = options_.force_verdict(found->attempts).value_or(outcome);
  }
  ++found->attempts;
  return conclude(*found, query->object, key, outcome, now);
}

server::reply server::conclude(exchange& of, byte_view query, const crypto::auth_key& key,
                               verdict outcome, instant now) {
  const auto named = [&of](auto message) {
    message.nonce = of.nonce;
    message.server_nonce = of.server_nonce;
    return message;
  };
  const auto hash = [&](std::uint8_t number) { return key.new_nonce_hash(of.new_nonce, number); };
  mtproto::Set_client_DH_params_answer message;
  switch (outcome) {
    case verdict::ok: {
      auto ok = named(mtproto::dh_gen_ok());
      ok.new_nonce_hash1 = hash(1);
      message = ok;
      break;
    }
    case verdict::retry: {
      auto retry = named(mtproto::dh_gen_retry());
      retry.new_nonce_hash2 = hash(2);
      message = retry;
      of.retry_id = key.aux_hash();
      break;
    }
    case verdict::fail: {
      auto fail = named(mtproto::dh_gen_fail());
      fail.new_nonce_hash3 = hash(3);
      message = fail;
      break;
    }
  }
  of.ended = outcome != verdict::retry;
  call_if_set(options_.lies.dh_gen, message);
  reply out = answer(of, query, tl::serialize(message), now);
  if (outcome == verdict::ok) {
    out.key = established{key, first_salt(of.new_nonce, of.server_nonce), {}, 0};
    if (of.expires_in) {
      const std::int64_t lives = std::min(*of.expires_in, options_.max_expires_in);
      out.key->expires_at = static_cast<std::int32_t>(unix_time(now).count() + lives);
    }
  }
  return out;
}

}  // namespace mtfetch::handshake
