// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/bind_temp_key.hpp"

#include <mtfetch/api/auth.hpp>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/tl/object.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::size_t inner_at = 32;  // behind 16 random bytes, message id, seqno and length
constexpr std::size_t inner_size = 40;
constexpr std::size_t most_padding = 15;
// What a client may ask for, and half a minute for its clock.
constexpr unix_seconds longest_life = 86'400 + 30;

}  // namespace

std::optional<refusal> bind_temp_key(key_ring& keys, server_key& temporary, std::int64_t session,
                                     std::int64_t message, byte_view request, unix_seconds now) {
  const auto asked = tl::parse<api::auth::bindTempAuthKey>(request);
  if (!asked) return bad_request("INPUT_FETCH_ERROR");
  if (!temporary.is_temporary()) return bad_request("TEMP_AUTH_KEY_EMPTY");
  const refusal unreadable = bad_request("ENCRYPTED_MESSAGE_INVALID");
  const auto permanent = keys.find(asked->perm_auth_key_id, now);
  if (!permanent || permanent->is_temporary()) return unreadable;
  const auto plain = crypto::open_v1(asked->encrypted_message, permanent->key);
  if (!plain || plain->size() < inner_at + inner_size ||
      plain->size() > inner_at + inner_size + most_padding) {
    return unreadable;
  }
  tl::reader head(byte_view(*plain).subspan(16));
  if (head.i64() != message || head.i32() != 0 || head.i32() != inner_size) return unreadable;
  const auto inner =
      tl::parse<mtproto::bind_auth_key_inner>(byte_view(*plain).subspan(inner_at, inner_size));
  if (!inner || inner->nonce != asked->nonce || inner->temp_auth_key_id != temporary.key.id() ||
      inner->perm_auth_key_id != asked->perm_auth_key_id || inner->temp_session_id != session) {
    return unreadable;
  }
  if (inner->expires_at != asked->expires_at || asked->expires_at <= now ||
      asked->expires_at > now + longest_life) {
    return bad_request("EXPIRES_AT_INVALID");
  }
  if (temporary.bound_to != 0 && temporary.bound_to != asked->perm_auth_key_id) {
    return bad_request("TEMP_AUTH_KEY_ALREADY_BOUND");
  }
  temporary.bound_to = asked->perm_auth_key_id;
  temporary.layer = 0;  // after a binding comes initConnection again
  temporary.changed = true;
  return std::nullopt;
}

}  // namespace mtfetch::testing
