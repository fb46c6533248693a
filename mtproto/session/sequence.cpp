// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/sequence.hpp"

#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/container.hpp"

namespace mtfetch::session {

std::optional<std::int32_t> parity_fault(std::uint32_t constructor, std::int32_t seqno) {
  constexpr std::uint32_t msg_copy_id = 0xe06046b2;
  switch (constructor) {
    case container_id:
    case msg_copy_id:
    case mtproto::msgs_ack::tl_id:
    case mtproto::http_wait::tl_id:
    case mtproto::msgs_state_info::tl_id:
    case mtproto::msgs_all_info::tl_id:
      if (is_content_related(seqno)) return 34;
      return std::nullopt;
    case mtproto::ping::tl_id:
    case mtproto::ping_delay_disconnect::tl_id:
    case mtproto::get_future_salts::tl_id:
    case mtproto::msgs_state_req::tl_id:
    case mtproto::msg_resend_req::tl_id:
    case mtproto::rpc_drop_answer::tl_id:
    case mtproto::destroy_session::tl_id:
    case mtproto::destroy_auth_key::tl_id:
    case mtproto::gzip_packed::tl_id:  // what it holds decides, and that is read later
      return std::nullopt;
    default:
      if (!is_content_related(seqno)) return 35;
      return std::nullopt;
  }
}

}  // namespace mtfetch::session
