// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/temporary_key.hpp"

#include <array>
#include <mtfetch/mtproto_types.hpp>
#include <utility>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::session {

namespace {

// The session stands below the generated API; this is the one method of it that it must make.
constexpr std::uint32_t bind_temp_auth_key = 0xcdd42a05;

std::int64_t draw(const random_source& random) {
  std::array<std::uint8_t, 8> raw{};
  random(raw);
  return tl::reader(raw).i64();
}

}  // namespace

body_maker binding_of(crypto::auth_key temporary, crypto::auth_key permanent,
                      std::int32_t expires_at, random_source random) {
  return [temporary = std::move(temporary), permanent = std::move(permanent), expires_at,
          random = std::move(random)](std::int64_t message_id, std::int64_t session_id) {
    mtproto::bind_auth_key_inner inner;
    inner.nonce = draw(random);
    inner.temp_auth_key_id = temporary.id();
    inner.perm_auth_key_id = permanent.id();
    inner.temp_session_id = session_id;
    inner.expires_at = expires_at;
    const bytes text = tl::serialize(inner);
    bytes message(16);
    random(message);
    tl::writer head(message);
    head.i64(message_id);
    head.i32(0);  // seqno
    head.i32(static_cast<std::int32_t>(text.size()));
    head.raw(text);

    bytes body;
    tl::writer out(body);
    out.u32(bind_temp_auth_key);
    out.i64(permanent.id());
    out.i64(inner.nonce);
    out.i32(expires_at);
    out.bytes(crypto::seal_v1(message, permanent, random));
    return body;
  };
}

bind_remedy remedy_for_bind(const rpc_failure& refusal) {
  if (refusal.is("ENCRYPTED_MESSAGE_INVALID")) return bind_remedy::doubt_permanent;
  if (refusal.code == 420 || refusal.code >= 500 || refusal.code < 0) return bind_remedy::later;
  // EXPIRES_AT_INVALID, TEMP_AUTH_KEY_ALREADY_BOUND, TEMP_AUTH_KEY_EMPTY and what comes tomorrow.
  return bind_remedy::another_temporary;
}

}  // namespace mtfetch::session
