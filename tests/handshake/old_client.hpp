// SPDX-License-Identifier: BSL-1.0
// A key exchange by hand, in the forms that other clients and older ones use.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/mtproto_types.hpp>
#include <optional>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/handshake/server.hpp"
#include "tests/handshake/exchange.hpp"

namespace mtfetch::handshake::testing {

struct habits {
  bool legacy_req_pq = false;
  bool sha1_padding = false;
  bool names_dc = true;
  std::optional<std::int32_t> expires_in;
  std::size_t zeros_before_g_b = 0;
  bool minimal_g_b = false;
  std::size_t tail = 0;  ///< bytes behind each object, inside the length
  unsigned exponent = 77;
};

/// Makes each query of an exchange; what the tests change is public.
class old_client {
 public:
  old_client(habits of, std::uint32_t seed) : habits_(of), random_(seeded(seed)) {}

  bytes req_pq();
  /// Takes the server's resPQ.
  bytes req_dh_params(byte_view res_pq);
  /// Takes server_DH_params_ok.
  bytes set_client_dh(byte_view dh_params);
  /// The same query for another exponent, after dh_gen_retry.
  bytes set_client_dh_again(unsigned exponent);
  const std::optional<crypto::auth_key>& key() const { return key_; }

  /// What goes under RSA; change it before req_dh_params.
  std::function<void(mtproto::p_q_inner_data_temp_dc&)> change_inner;
  std::function<void(mtproto::req_DH_params&)> change_req_dh;
  std::function<void(mtproto::client_DH_inner_data&)> change_dh_inner;
  std::function<void(mtproto::set_client_DH_params&)> change_set_client;

 private:
  bytes pack(const bytes& object);
  bytes inner_data(const mtproto::p_q_inner_data_temp_dc& all) const;
  bytes sealed_query();

  habits habits_;
  random_source random_;
  tl::int128 nonce_{};
  tl::int128 server_nonce_{};
  tl::int256 new_nonce_{};
  mtproto::server_DH_inner_data group_;
  std::int64_t retry_id_ = 0;
  std::int64_t next_id_ = 4;
  std::optional<crypto::auth_key> key_;
};

}  // namespace mtfetch::handshake::testing
