// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/chat_finder.hpp"

#include "mtproto/tl/object.hpp"
#include "mtproto/tl/writer.hpp"

#include <mtfetch/error.hpp>

#include <mtfetch/api/contacts.hpp>
#include <mtfetch/api/messages.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace mtfetch {
namespace {

bool says_there_is_none(const rpc_error& refused) {
  return refused.is("USERNAME_NOT_OCCUPIED") || refused.is("USERNAME_INVALID");
}

[[noreturn]] void not_found(const std::string& sentence, const std::string& link) {
  throw error(make_error_code(link_errc::not_found), sentence + " (" + link + ")");
}

cached_peer peer_of(peer_id id, std::int64_t access_hash, std::string username) {
  cached_peer peer;
  peer.type = id.first;
  peer.id = id.second;
  peer.access_hash = access_hash;
  peer.username = std::move(username);
  return peer;
}

const char* kind_of(peer_kind type) {
  switch (type) {
    case peer_kind::user:
      return "person";
    case peer_kind::chat:
      return "group";
    case peer_kind::channel:
      break;
  }
  return "channel";
}

std::int32_t date_of(const api::Message& one) {
  if (const auto* said = one.get_if<api::message>()) return said->date;
  if (const auto* notice = one.get_if<api::messageService>()) return notice->date;
  return 0;
}

peer_id chat_of(const api::Message& one) {
  if (const auto* said = one.get_if<api::message>()) return id_of(said->peer_id);
  if (const auto* notice = one.get_if<api::messageService>()) return id_of(notice->peer_id);
  return {};
}

// One page of dialogs, whichever of its two kinds it came as.
struct dialogs_page {
  std::vector<api::Dialog> dialogs;
  std::vector<api::Message> messages;
  bool is_last = true;
};

dialogs_page page_of(api::messages::Dialogs answer, seen_peers& seen) {
  dialogs_page page;
  const auto take = [&](auto& from) {
    seen.add(from.chats, from.users);
    page.dialogs = std::move(from.dialogs);
    page.messages = std::move(from.messages);
  };
  if (auto* all = answer.get_if<api::messages::dialogs>()) take(*all);
  if (auto* some = answer.get_if<api::messages::dialogsSlice>()) {
    take(*some);
    page.is_last = page.dialogs.empty();
  }
  return page;
}

}  // namespace

asio::awaitable<cached_peer> chat_finder::find(link_chat named, std::string link) {
  if (!named.username.empty()) co_return co_await find_name(named.username, link);
  const peer_id id(named.type, named.id);
  // Basic groups have no access hash; and what a bot is a member of it may name without one.
  if (named.type == peer_kind::chat) co_return peer_of(id, 0, {});
  if (named.id == of_->user_id() && named.type == peer_kind::user) co_return peer_of(id, 0, {});
  if (const auto known = of_->peers().find(named.type, named.id)) co_return *known;
  if (of_->is_bot()) co_return peer_of(id, 0, {});
  if (seen_->find(id) == nullptr) co_await read_dialogs(id);
  const seen_peer* seen = seen_->find(id);
  if (seen == nullptr || !seen->access_hash) {
    not_found("this account knows no " + std::string(kind_of(named.type)) + " with the id " +
                  std::to_string(named.id) + ": it has to be a member",
              link);
  }
  seen_->remember(id);
  co_return peer_of(id, *seen->access_hash, seen->username);
}

asio::awaitable<cached_peer> chat_finder::find_name(std::string username, std::string link) {
  if (const auto known = of_->peers().find(username)) co_return *known;
  api::contacts::resolveUsername ask;
  ask.username = username;
  std::optional<api::contacts::resolvedPeer> answer;
  try {
    answer = co_await of_->invoke(ask);
  } catch (const rpc_error& refused) {
    if (!says_there_is_none(refused)) throw;
  }
  if (!answer) not_found("there is no chat called " + username, link);
  seen_->add(answer->chats, answer->users);
  const peer_id id = id_of(answer->peer);
  const seen_peer* seen = seen_->find(id);
  if (seen == nullptr || !seen->access_hash) {
    not_found("this account may not see the chat " + username, link);
  }
  // A chat may have several names; the one that was asked for must be found again too.
  const cached_peer found = peer_of(id, *seen->access_hash, username);
  of_->peers().remember(found);
  co_return found;
}

// The archive is a folder of its own. https://core.telegram.org/api/folders
asio::awaitable<void> chat_finder::read_dialogs(peer_id until) {
  if (dialogs_are_read_) co_return;
  for (std::int32_t folder = 0; folder < 2; ++folder) {
    if (co_await read_dialogs_of(folder, until)) co_return;
  }
  dialogs_are_read_ = true;
}

// https://core.telegram.org/method/messages.getDialogs
asio::awaitable<bool> chat_finder::read_dialogs_of(std::int32_t folder, peer_id until) {
  constexpr int most_pages = 100;
  api::messages::getDialogs ask;
  ask.folder_id = folder;
  ask.offset_peer = api::inputPeerEmpty();
  ask.limit = 100;
  for (int page_number = 0; page_number < most_pages; ++page_number) {
    const dialogs_page page = page_of(co_await of_->invoke(ask), *seen_);
    if (seen_->find(until) != nullptr) co_return true;
    if (page.is_last) co_return false;
    const auto* last = page.dialogs.back().get_if<api::dialog>();
    if (last == nullptr) co_return false;
    const peer_id chat = id_of(last->peer);
    const seen_peer* seen = seen_->find(chat);
    ask.exclude_pinned = true;  // these come with the first page
    const std::int32_t before = std::exchange(ask.offset_id, last->top_message);
    for (const api::Message& one : page.messages) {
      if (chat_of(one) == chat) ask.offset_date = date_of(one);
    }
    const std::int64_t hash = seen == nullptr ? 0 : seen->access_hash.value_or(0);
    ask.offset_peer = input_peer(peer_of(chat, hash, {}), of_->user_id());
    if (before == ask.offset_id) co_return false;  // it does not go on
  }
  co_return false;
}

asio::awaitable<invited_chat> chat_finder::look(std::string hash, std::string link) {
  api::messages::checkChatInvite ask;
  ask.hash = std::move(hash);
  std::optional<api::ChatInvite> answer;
  std::string why;
  try {
    answer = co_await of_->invoke(ask);
  } catch (const rpc_error& refused) {
    if (!refused.failure().type.starts_with("INVITE_HASH_")) throw;
    why = refused.is("INVITE_HASH_EXPIRED") ? "the invite link is not valid any more"
                                            : "there is no such invite link";
  }
  if (!answer) not_found(why, link);
  invited_chat found;
  const auto open = [&](const api::Chat& chat) {
    std::vector<api::Chat> one;
    one.push_back(tl::clone(chat));
    seen_->add(one, {});
    const auto* channel = chat.get_if<api::channel>();
    const auto* group = chat.get_if<api::chat>();
    if (channel == nullptr && group == nullptr)
      not_found("the chat is closed to this account", link);
    const peer_id id = channel != nullptr ? peer_id(peer_kind::channel, channel->id)
                                          : peer_id(peer_kind::chat, group->id);
    const seen_peer* seen = seen_->find(id);
    found.chat = peer_of(id, seen->access_hash.value_or(0), seen->username);
    found.title = seen->title;
    found.is_channel = channel != nullptr && channel->broadcast;
    found.members =
        group != nullptr ? group->participants_count : channel->participants_count.value_or(0);
  };
  if (const auto* already = answer->get_if<api::chatInviteAlready>()) {
    open(already->chat);
    found.is_member = true;
  } else if (const auto* peek = answer->get_if<api::chatInvitePeek>()) {
    open(peek->chat);
  } else if (const auto* closed = answer->get_if<api::chatInvite>()) {
    found.title = closed->title;
    found.about = closed->about.value_or("");
    found.members = closed->participants_count;
    found.is_channel = closed->broadcast;
    found.needs_consent = closed->request_needed;
  }
  co_return found;
}

asio::awaitable<cached_peer> chat_finder::join(std::string hash, std::string link) {
  // By hand: the type of its answer holds all updates there are, and nothing of it is read.
  bytes ask;
  tl::writer out(ask);
  out.u32(0xde91436e);
  out.bytes(as_bytes(hash));
  bool waits = false;
  try {
    co_await of_->invoke_bytes(std::move(ask), "messages.importChatInvite");
  } catch (const rpc_error& refused) {
    waits = refused.is("INVITE_REQUEST_SENT");
    if (!waits && !refused.is("USER_ALREADY_PARTICIPANT")) throw;
  }
  if (waits) {
    throw error(make_error_code(link_errc::join_first),
                "an administrator has to let this account in; it was asked (" + link + ")");
  }
  const invited_chat joined = co_await look(hash, link);
  if (joined.chat.id == 0) not_found("this account did not get into the chat", link);
  co_return joined.chat;
}

}  // namespace mtfetch
