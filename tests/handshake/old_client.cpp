// SPDX-License-Identifier: BSL-1.0
#include "tests/handshake/old_client.hpp"

#include <algorithm>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/kdf.hpp"
#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/rsa_pad.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/handshake/sealed_object.hpp"
#include "mtproto/tl/object.hpp"

namespace mtfetch::handshake::testing {
namespace {

template <class T>
T object_in(byte_view packet) {
  const plain_message message = read_plain(packet).value();
  tl::reader in(message.body);
  T object = tl::read_boxed<T>(in);
  if (in.error()) throw std::system_error(in.error());
  return object;
}

template <class T>
bytes copied(const mtproto::p_q_inner_data_temp_dc& all) {
  T inner;
  inner.pq = all.pq;
  inner.p = all.p;
  inner.q = all.q;
  inner.nonce = all.nonce;
  inner.server_nonce = all.server_nonce;
  inner.new_nonce = all.new_nonce;
  if constexpr (requires { inner.dc; }) inner.dc = all.dc;
  if constexpr (requires { inner.expires_in; }) inner.expires_in = all.expires_in;
  return tl::serialize(inner);
}

}  // namespace

bytes old_client::pack(const bytes& object) {
  bytes body = object;
  body.resize(body.size() + habits_.tail);
  random_(byte_span(body).subspan(object.size()));
  return write_plain(std::exchange(next_id_, next_id_ + 4), body);
}

bytes old_client::req_pq() {
  random_(nonce_);
  if (!habits_.legacy_req_pq) {
    mtproto::req_pq_multi query;
    query.nonce = nonce_;
    return pack(tl::serialize(query));
  }
  mtproto::req_pq query;
  query.nonce = nonce_;
  return pack(tl::serialize(query));
}

bytes old_client::inner_data(const mtproto::p_q_inner_data_temp_dc& all) const {
  if (habits_.expires_in) {
    return habits_.names_dc ? tl::serialize(all) : copied<mtproto::p_q_inner_data_temp>(all);
  }
  return habits_.names_dc ? copied<mtproto::p_q_inner_data_dc>(all)
                          : copied<mtproto::p_q_inner_data>(all);
}

bytes old_client::req_dh_params(byte_view res_pq) {
  const auto offer = object_in<mtproto::resPQ>(res_pq);
  server_nonce_ = offer.server_nonce;
  random_(new_nonce_);
  const auto primes = crypto::factorize(*crypto::number_from_bytes(offer.pq)).value();

  mtproto::p_q_inner_data_temp_dc inner;
  inner.pq = offer.pq;
  inner.p = crypto::number_to_bytes(primes.first);
  inner.q = crypto::number_to_bytes(primes.second);
  inner.nonce = nonce_;
  inner.server_nonce = server_nonce_;
  inner.new_nonce = new_nonce_;
  inner.dc = 2;
  inner.expires_in = habits_.expires_in.value_or(0);
  if (change_inner) change_inner(inner);
  const bytes data = inner_data(inner);
  const crypto::rsa_public_key& key = server_key().public_key();

  mtproto::req_DH_params query;
  query.nonce = nonce_;
  query.server_nonce = server_nonce_;
  query.p = crypto::number_to_bytes(primes.first);
  query.q = crypto::number_to_bytes(primes.second);
  query.public_key_fingerprint = key.fingerprint();
  query.encrypted_data =
      shared_bytes::copy(habits_.sha1_padding ? crypto::rsa_sha1_pad(data, key, random_)
                                              : crypto::rsa_pad(data, key, random_));
  if (change_req_dh) change_req_dh(query);
  return pack(tl::serialize(query));
}

bytes old_client::set_client_dh(byte_view dh_params) {
  const auto params = object_in<mtproto::Server_DH_Params>(dh_params);
  group_ = open_object<mtproto::server_DH_inner_data>(
               params.as<mtproto::server_DH_params_ok>().encrypted_answer,
               crypto::tmp_aes_key_iv(new_nonce_, server_nonce_))
               .value();
  return sealed_query();
}

bytes old_client::set_client_dh_again(unsigned exponent) {
  habits_.exponent = exponent;
  retry_id_ = key_->aux_hash();
  return sealed_query();
}

bytes old_client::sealed_query() {
  const bytes b = exponent(habits_.exponent);
  const auto g_b = crypto::power(group_.g, b, group_.dh_prime);
  key_.emplace(crypto::power(byte_view(group_.g_a), b, group_.dh_prime));

  bytes number(g_b.begin(), g_b.end());
  if (habits_.minimal_g_b) {
    number.erase(number.begin(), std::ranges::find_if(number, [](auto byte) { return byte != 0; }));
  }
  number.insert(number.begin(), habits_.zeros_before_g_b, 0);
  mtproto::client_DH_inner_data inner;
  inner.nonce = nonce_;
  inner.server_nonce = server_nonce_;
  inner.retry_id = retry_id_;
  inner.g_b = std::move(number);
  if (change_dh_inner) change_dh_inner(inner);
  bytes sealed = hash_and_pad(tl::serialize(inner), random_);
  encrypt_object(sealed, crypto::tmp_aes_key_iv(new_nonce_, server_nonce_));

  mtproto::set_client_DH_params query;
  query.nonce = nonce_;
  query.server_nonce = server_nonce_;
  query.encrypted_data = std::move(sealed);
  if (change_set_client) change_set_client(query);
  return pack(tl::serialize(query));
}

}  // namespace mtfetch::handshake::testing
