// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/message_rules.hpp"

#include <algorithm>
#include <array>
#include <mtfetch/mtproto_types.hpp>

namespace mtfetch::testing::message_rules {

namespace {

constexpr std::uint32_t msg_copy_id = 0xe06046b2;

constexpr std::array services{
    mtproto::msgs_ack::tl_id,
    mtproto::http_wait::tl_id,
    mtproto::ping::tl_id,
    mtproto::ping_delay_disconnect::tl_id,
    mtproto::get_future_salts::tl_id,
    mtproto::msgs_state_req::tl_id,
    mtproto::msgs_state_info::tl_id,
    mtproto::msgs_all_info::tl_id,
    mtproto::msg_resend_req::tl_id,
    mtproto::msg_detailed_info::tl_id,
    mtproto::rpc_drop_answer::tl_id,
    mtproto::msg_new_detailed_info::tl_id,
    mtproto::destroy_session::tl_id,
    mtproto::destroy_auth_key::tl_id,
    session::container_id,
    msg_copy_id,
};

}  // namespace

bool is_service(std::uint32_t constructor) {
  return std::ranges::find(services, constructor) != services.end();
}

std::optional<std::vector<session::inner_message>> read_container(byte_view body, std::int64_t id,
                                                                  std::int32_t seqno) {
  std::vector<session::inner_message> messages;
  session::container_reader in(body);
  while (const auto message = in.next()) {
    if (message->message_id >= id || message->seqno > seqno) return std::nullopt;
    messages.push_back(*message);
  }
  if (in.error() || messages.empty()) return std::nullopt;
  return messages;
}

}  // namespace mtfetch::testing::message_rules
