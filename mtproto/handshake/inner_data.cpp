// SPDX-License-Identifier: BSL-1.0
// Reads what a client says under RSA.
#include "mtproto/handshake/inner_data.hpp"

#include <algorithm>
#include <mtfetch/error.hpp>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/rsa_pad.hpp"

namespace mtfetch::handshake {
namespace {

std::uint64_t read_number(tl::reader& in) {
  const std::optional<std::uint64_t> number = crypto::number_from_bytes(in.bytes_view());
  if (!number) in.fail(protocol_errc::bad_value);
  return number.value_or(0);
}

inner_data read_inner_data(tl::reader& in) {
  const std::uint32_t id = in.u32();
  const bool names_dc =
      id == mtproto::p_q_inner_data_dc::tl_id || id == mtproto::p_q_inner_data_temp_dc::tl_id;
  const bool temporary =
      id == mtproto::p_q_inner_data_temp::tl_id || id == mtproto::p_q_inner_data_temp_dc::tl_id;
  if (!names_dc && !temporary && id != mtproto::p_q_inner_data::tl_id) {
    in.fail(protocol_errc::unknown_constructor);
  }
  inner_data inner;
  inner.pq = read_number(in);
  inner.p = read_number(in);
  inner.q = read_number(in);
  inner.nonce = in.i128();
  inner.server_nonce = in.i128();
  std::ranges::copy(in.raw_view(inner.new_nonce.size()), inner.new_nonce.data());
  if (names_dc) inner.dc = in.i32();
  if (temporary) inner.expires_in = in.i32();
  return inner;
}

}  // namespace

result<inner_data> open_inner_data(byte_view encrypted, const crypto::rsa_private_key& key) {
  if (result<bytes> data = crypto::rsa_unpad(encrypted, key)) {
    const crypto::wipe_at_exit wiped(*data);
    tl::reader in(*data);
    inner_data inner = read_inner_data(in);
    if (in.error()) return security_errc::rsa_mismatch;
    return inner;
  }
  result<crypto::rsa_sha1_content> content = crypto::rsa_sha1_unpad(encrypted, key);
  if (!content) return security_errc::rsa_mismatch;
  const crypto::wipe_at_exit wiped(content->data);
  tl::reader in(content->data);
  inner_data inner = read_inner_data(in);
  if (in.error() || !content->matches(in.position())) return security_errc::rsa_mismatch;
  return inner;
}

}  // namespace mtfetch::handshake
