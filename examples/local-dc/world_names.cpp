// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/world_names.hpp"

#include <algorithm>
#include <charconv>

namespace mtfetch::local_dc {

namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string digits_of(const std::string& phone) {
  std::string digits;
  for (const char c : phone) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

// The number that text begins with; 0 where there is none.
std::int64_t number_in(const std::string& text) {
  std::int64_t made = 0;
  std::from_chars(text.data(), text.data() + text.size(), made);
  return made;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("+-() 0123456789") == std::string::npos;
}

std::string without_at(const std::string& name) {
  return name.starts_with('@') ? name.substr(1) : name;
}

}  // namespace

world_names::world_names(const testing::cluster_options& given) {
  const auto flags = [](std::string_view key) {
    return place{"the command line", 0, std::string(key)};
  };
  for (const auto& one : given.users) add(one, flags);
  for (const auto& one : given.bots) add(one, flags);
}

void world_names::add_username(const std::string& name, const place& at) {
  if (name.empty()) return;
  const bool fits = name.size() <= 32 && std::ranges::all_of(name, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_';
                    });
  if (!fits) refuse(at, "a username is at most 32 letters, digits and _, not " + name);
  if (!usernames_.insert(lower(name)).second) refuse(at, "there are two of the name " + name);
}

void world_names::add(const testing::user& one, const place_of& at) {
  const std::string digits = digits_of(one.phone);
  if (digits.empty()) refuse(at("phone"), "it has digits, unlike " + one.phone);
  if (!phones_.insert(digits).second) {
    refuse(at("phone"), "there are two users with " + one.phone);
  }
  add_username(one.username, at("username"));
  of_people_.insert(lower(one.username));
}

void world_names::add(const testing::bot& one, const place_of& at) {
  const std::int64_t id = number_in(one.token);
  if (id <= 0 || one.token.find(':') == std::string::npos) {
    refuse(at("token"), "it looks like 1234567:secret");
  }
  if (!user_ids_.insert(id).second) {
    refuse(at("token"), "another has the id " + std::to_string(id));
  }
  const std::string username =
      one.username.empty() ? "test_" + std::to_string(id) + "_bot" : one.username;
  add_username(username, at("username"));
  of_people_.insert(lower(username));
}

void world_names::add(const testing::world_person& one, const place_of& at) {
  if (one.id == 0 && one.username.empty()) refuse(at(""), "a person needs a username or an id");
  if (one.id != 0 && !user_ids_.insert(one.id).second) {
    refuse(at("id"), "another has the id " + std::to_string(one.id));
  }
  add_username(one.username, at("username"));
  of_people_.insert(lower(one.username));
}

void world_names::add(const testing::world_chat& one, const place_of& at) {
  using testing::chat_kind;
  const bool of_two = one.kind == chat_kind::person;
  if (!of_two && one.key.empty() && one.username.empty() && one.id == 0) {
    refuse(at(""), "a chat needs a username, a key or an id");
  }
  if ((of_two || one.kind == chat_kind::group) && !one.username.empty()) {
    refuse(at("username"), "only channels and supergroups have one");
  }
  if (of_two && (one.members.empty() || one.members.size() > 2)) {
    refuse(at("members"), "of kind person: two, or one for saved messages");
  }
  if (of_two && one.id != 0) refuse(at("id"), "a chat of kind person has none");
  if (one.forum && one.kind != chat_kind::supergroup) {
    refuse(at("forum"), "only supergroups are forums");
  }
  if (!one.discussion.empty() && one.kind != chat_kind::channel) {
    refuse(at("discussion"), "only channels have one");
  }
  if (one.id != 0 && !chat_ids_.insert(one.id).second) {
    refuse(at("id"), "another chat has the id " + std::to_string(one.id));
  }
  if (!one.invite.empty() && !invites_.insert(one.invite).second) {
    refuse(at("invite"), "another chat has that invite");
  }
  add_username(one.username, at("username"));
  if (!one.key.empty() && !chats_.emplace(one.key, one.kind).second) {
    refuse(at("key"), "there are two chats of the name " + one.key);
  }
  if (!one.username.empty()) chats_.emplace(lower(one.username), one.kind);
}

bool world_names::is_person(const std::string& name) const {
  if (of_people_.contains(lower(without_at(name))) && name != "@" && !name.empty()) return true;
  return is_number(name) &&
         (user_ids_.contains(number_in(name)) || phones_.contains(digits_of(name)));
}

bool world_names::is_chat(const std::string& name) const {
  const std::string bare = without_at(name);
  for (const std::string& each : {bare, lower(bare)}) {
    const auto found = chats_.find(each);
    if (found != chats_.end() && found->second != testing::chat_kind::person) return true;
  }
  return false;
}

void world_names::check() const {
  for (const name_at& used : people_) {
    if (!is_person(used.name)) refuse(used.at, "there is no user, bot or person " + used.name);
  }
  for (const name_at& used : anybody_) {
    if (!is_person(used.name) && !is_chat(used.name)) {
      refuse(used.at, "there is no user, bot, person or chat " + used.name);
    }
  }
  for (const name_at& used : groups_) {
    const std::string bare = without_at(used.name);
    auto found = chats_.find(bare);
    if (found == chats_.end()) found = chats_.find(lower(bare));
    if (found == chats_.end()) refuse(used.at, "there is no chat " + used.name);
    if (found->second != testing::chat_kind::supergroup) {
      refuse(used.at, used.name + " is no supergroup");
    }
  }
}

}  // namespace mtfetch::local_dc
