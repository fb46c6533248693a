// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/world_builder.hpp"

#include <algorithm>
#include <mtfetch/error.hpp>
#include <utility>

#include "mtproto/crypto/sha.hpp"
#include "mtproto/testing/world/world_media.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::int32_t first_date = 1'700'000'000;

std::int64_t number_of(const std::string& text) {
  const auto digest = crypto::sha256(as_bytes(text));
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | digest[i];
  return number;
}

class builder {
 public:
  builder(const cluster_options& options, const accounts& people, catalogue& to, members& in)
      : given_(*options.world), people_(people), to_(to), in_(in), media_(to, options.dcs) {}

  void build() {
    std::vector<chat*> made;
    for (const world_chat& one : given_.chats) made.push_back(&add_chat(one));
    for (std::size_t i = 0; i < made.size(); ++i) link(*made[i], given_.chats[i]);
    // Channels first: a discussion group copies their posts.
    for (const bool groups : {false, true}) {
      for (std::size_t i = 0; i < made.size(); ++i) {
        if ((made[i]->kind != chat_kind::channel) == groups) fill(*made[i], given_.chats[i]);
      }
    }
    for (const world_story& one : given_.stories) add_story(one);
  }

 private:
  [[noreturn]] static void refuse(const std::string& where, const std::string& what) {
    throw error(client_errc::bad_config, where + ": " + what);
  }

  static std::string name_of(const world_chat& one) {
    return "Chat " + (!one.key.empty() ? one.key : one.username.empty() ? one.title : one.username);
  }

  const account& person(const std::string& name, const std::string& where) const {
    const account* found = people_.find_named(name);
    if (found == nullptr) refuse(where, "there is no person or bot " + name);
    return *found;
  }

  peer named(const std::string& name, const std::string& where) const {
    if (const chat* found = to_.find_key(name); found != nullptr && !name.empty()) {
      return found->as_peer();
    }
    return {peer::kind::user, person(name, where).id};
  }

  chat& add_chat(const world_chat& given) {
    chat made;
    const std::string where = name_of(given);
    made.kind = given.kind;
    made.key = given.key.empty() ? given.username : given.key;
    made.title = given.title.empty() ? made.key : given.title;
    made.about = given.about;
    made.username = given.username;
    made.date = given.date != 0 ? given.date : first_date;
    made.invite = given.invite;
    made.invite_request = given.invite_request;
    made.invite_peek = given.invite_peek;
    made.invite_expired = given.invite_expired;
    made.protected_content = given.protected_content;
    made.forum = given.forum;
    if (given.kind == chat_kind::person) {
      if (given.members.empty() || given.members.size() > 2) {
        refuse(where, "a chat of two has two members, or one for saved messages");
      }
      for (const auto& each : given.members) made.people.push_back(person(each, where).id);
      made.id = -static_cast<std::int64_t>(to_.chats().size()) - 1;
    } else {
      if (made.key.empty() && given.id == 0) refuse(where, "it needs a username, a key or an id");
      if (given.kind == chat_kind::group && !given.username.empty()) {
        refuse(where, "a basic group has no username; a supergroup may");
      }
      const std::int64_t base = made.is_channel() ? 1'000'000'000 : 4'000'000;
      made.id = given.id != 0 ? given.id : base + number_of(made.key) % (base / 2);
      while (given.id == 0 && to_.find_chat(made.id) != nullptr) ++made.id;
      if (to_.find_chat(made.id) != nullptr) refuse(where, "its id is another chat's");
      for (const auto& each : given.members) in_.join(made.id, person(each, where).id);
      for (const auto& each : given.admins) in_.make_admin(made.id, person(each, where).id);
    }
    if (!made.key.empty() && to_.find_key(made.key) != nullptr) {
      refuse(where, "there are two of that name");
    }
    return to_.add(std::move(made));
  }

  void link(chat& one, const world_chat& given) {
    if (given.discussion.empty()) return;
    const chat* found = to_.find_key(given.discussion);
    if (found == nullptr || found->kind != chat_kind::supergroup) {
      refuse(name_of(given), "discussion names a supergroup, not " + given.discussion);
    }
    one.linked = found->id;
    const_cast<chat*>(found)->linked = one.id;  // NOLINT: the builder fills them
  }

  int next_id(const chat& in, int wanted, const std::string& where) {
    int& last = in.is_channel() ? last_of_[in.id] : last_of_[0];
    const int id = wanted != 0 ? wanted : last + 1;
    if (id <= last) {
      refuse(where, "message ids rise; " + std::to_string(id) + " comes after " +
                        std::to_string(last) +
                        (in.is_channel() ? "" : " (basic groups and people share them)"));
    }
    return last = id;
  }

  void fill(chat& to, const world_chat& given) {
    const std::string chat_name = name_of(given);
    std::int32_t date = to.date;
    if (to.forum) {
      topic general;
      general.id = 1;
      general.date = date;
      general.title = "General";
      post first;
      first.id = next_id(to, 1, chat_name);
      first.date = date;
      first.service = "create";
      to.posts.push_back(std::move(first));
      to.topics.push_back(std::move(general));
      for (const world_topic& one : given.topics) {
        topic made;
        made.id = next_id(to, one.id, chat_name);
        made.date = date;
        made.title = one.title;
        made.closed = one.closed;
        post created;
        created.id = made.id;
        created.date = date;
        created.service = "topic";
        created.text = one.title;
        to.posts.push_back(std::move(created));
        to.topics.push_back(std::move(made));
      }
    }
    for (const world_message& one : given.messages) {
      date = one.date != 0 ? one.date : date + 60;
      add_message(to, one, date, chat_name);
    }
  }

  void add_message(chat& to, const world_message& given, std::int32_t date,
                   const std::string& chat_name) {
    post made;
    made.date = date;
    if (given.comment_on != 0) {
      made.top = copy_of_post(to, given.comment_on, date, chat_name);
    } else if (given.topic > 1) {
      if (to.find_topic(given.topic) == nullptr) {
        refuse(chat_name, "it has no topic " + std::to_string(given.topic));
      }
      made.top = given.topic;
    }
    made.id = next_id(to, given.id, chat_name);
    if (given.deleted) return;
    const std::string where = chat_name + ", message " + std::to_string(made.id);
    made.text = given.text;
    made.author = given.author;
    made.entities = given.entities;
    made.paid_stars = given.paid_stars;
    made.reply_to = given.reply_to;
    made.service = given.service;
    made.pinned = given.pinned;
    made.protected_content = given.protected_content;
    if (!given.from.empty()) {
      made.from = named(given.from, where);
    } else if (to.kind == chat_kind::person) {
      made.from = {peer::kind::user, to.people.front()};
    } else if (to.kind == chat_kind::group) {
      refuse(where, "in a basic group it needs `from`: who sent it");
    }
    if (given.album != 0) {
      made.grouped_id = 13'000'000'000'000'000 + to.id % 1'000'000'000 * 1'000'000 + given.album;
    }
    if (given.media) made.carried = media_.make(*given.media, date);
    made.document = made.carried.document;
    if (given.web_page) {
      web_page page;
      page.facts = *given.web_page;
      page.id = 7'000'000'000 + number_of(page.facts.url);
      if (page.facts.media) page.shown = media_.make(*page.facts.media, date);
      made.page = std::move(page);
    }
    if (given.forward) made.forward = origin(*given.forward, date, where);
    to.posts.push_back(std::move(made));
  }

  forward_origin origin(const world_forward& given, std::int32_t date, const std::string& where) {
    forward_origin made;
    if (!given.from.empty()) made.from = named(given.from, where);
    made.name = given.name;
    made.message = given.message;
    made.author = given.author;
    made.date = given.date != 0 ? given.date : date;
    return made;
  }

  // A discussion group holds a copy of each post that is commented on: the thread's first message.
  int copy_of_post(chat& group, int post_id, std::int32_t date, const std::string& where) {
    auto* channel = const_cast<chat*>(to_.find_chat(group.linked));  // NOLINT
    const post* found = channel == nullptr ? nullptr : channel->find(post_id);
    if (found == nullptr) {
      refuse(where, "there is no post " + std::to_string(post_id) + " to comment on");
    }
    post& original = channel->posts[static_cast<std::size_t>(found - channel->posts.data())];
    if (original.comments_in != 0) return original.comments_in;
    post copy = original;
    copy.id = next_id(group, 0, where);
    copy.date = date;
    copy.from = channel->as_peer();
    forward_origin from;
    from.from = from.saved_from = channel->as_peer();
    from.message = from.saved_message = post_id;
    from.date = original.date;
    copy.forward = from;
    group.posts.push_back(std::move(copy));
    return original.comments_in = group.posts.back().id;
  }

  void add_story(const world_story& given) {
    const std::string where = "A story of " + given.of;
    story made;
    made.of = named(given.of, where);
    int& last = last_story_[made.of.id];
    made.id = last = given.id != 0 ? given.id : last + 1;
    if (given.deleted) return;
    made.date = given.date != 0 ? given.date : first_date;
    made.expires = made.date + given.lasts;
    made.pinned = given.pinned;
    made.protected_content = given.protected_content;
    made.close_friends = given.close_friends;
    made.text = given.text;
    made.entities = given.entities;
    made.shown = media_.make(given.media, made.date);
    if (given.forward) made.forward = origin(*given.forward, made.date, where);
    to_.add(std::move(made));
  }

  const world_description& given_;
  const accounts& people_;
  catalogue& to_;
  members& in_;
  media_maker media_;
  std::unordered_map<std::int64_t, int> last_of_;
  std::unordered_map<std::int64_t, int> last_story_;
};

}  // namespace

catalogue build_catalogue(const cluster_options& options, const accounts& people, members& in) {
  catalogue made;
  if (!options.serve.empty() || !options.world) {
    made = catalogue(options.serve, options.channel, options.private_channel, options.dcs);
    for (const chat& one : made.chats()) {
      for (const account& each : people.all()) {
        if (!each.member) continue;
        in.join(one.id, each.id);
        if (each.is_bot) in.make_admin(one.id, each.id);
      }
    }
  }
  if (options.world) builder(options, people, made, in).build();
  return made;
}

}  // namespace mtfetch::testing
