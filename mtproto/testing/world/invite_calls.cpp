// SPDX-License-Identifier: BSL-1.0
// Invite links: what is behind them, and joining. https://core.telegram.org/api/invites
#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/answers.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

outcome<const chat*> invited(const caller& by, std::string_view hash) {
  if (hash.empty()) return bad_request("INVITE_HASH_EMPTY");
  const chat* found = by.in.content.find_invite(hash);
  if (found == nullptr) return bad_request("INVITE_HASH_INVALID");
  if (found->invite_expired) return bad_request("INVITE_HASH_EXPIRED");
  return found;
}

outcome<api::ChatInvite> check_invite(caller& by, const api::messages::checkChatInvite& asked) {
  auto named = invited(by, asked.hash);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat& where = *std::get<const chat*>(named);
  if (by.in.membership.has(where.id, by.who->id)) {
    api::chatInviteAlready made;
    made.chat = chat_object(by, where);
    return api::ChatInvite(std::move(made));
  }
  if (where.invite_peek) {
    by.in.membership.peek(where.id, by.who->id);
    api::chatInvitePeek made;
    made.chat = chat_object(by, where);
    made.expires = static_cast<std::int32_t>(by.unix_time + 300);
    return api::ChatInvite(std::move(made));
  }
  api::chatInvite made;
  made.channel = where.is_channel();
  made.broadcast = where.kind == chat_kind::channel;
  made.megagroup = where.kind == chat_kind::supergroup;
  made.public_ = where.is_public();
  made.request_needed = where.invite_request;
  made.title = where.title;
  if (!where.about.empty()) made.about = where.about;
  made.photo = api::photoEmpty();
  made.participants_count = by.in.membership.count(where.id);
  return api::ChatInvite(std::move(made));
}

// Its answer holds Updates, which would pull all of them into the types.
outcome<message_body> import_invite(caller& by, byte_view body) {
  tl::reader in(body);
  in.u32();
  const std::string hash(as_text(in.bytes()));
  if (in.error()) return bad_request("INPUT_FETCH_ERROR");
  auto named = invited(by, hash);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat& where = *std::get<const chat*>(named);
  if (by.in.membership.has(where.id, by.who->id)) return bad_request("USER_ALREADY_PARTICIPANT");
  if (where.invite_request) return bad_request("INVITE_REQUEST_SENT");
  by.in.membership.join(where.id, by.who->id);
  bytes made;
  tl::writer out(made);
  out.u32(0x445663a7);  // messages.chatInviteJoinResultOk
  out.u32(0x74ae4240);  // updates
  out.u32(tl::vector_id);
  out.i32(0);
  out.u32(tl::vector_id);
  out.i32(0);
  out.u32(tl::vector_id);
  out.i32(1);
  const bytes joined = tl::serialize(chat_object(by, where));
  made.insert(made.end(), joined.begin(), joined.end());
  tl::writer rest(made);
  rest.i32(static_cast<std::int32_t>(by.unix_time));
  rest.i32(0);  // seq
  return message_body(std::move(made));
}

}  // namespace

void add_invite_calls(method_table& table) {
  table.add<api::messages::checkChatInvite>(may_call::people, check_invite);
  table.add_raw(0xde91436e, "messages.importChatInvite", may_call::people, import_invite);
}

}  // namespace mtfetch::testing
