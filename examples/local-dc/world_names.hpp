// SPDX-License-Identifier: BSL-1.0
// Who and what a world file names: nothing twice, and nothing that is not there.
#pragma once

#include <functional>
#include <map>
#include <mtfetch/testing.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "examples/local-dc/world_table.hpp"

namespace mtfetch::local_dc {

/// Names are collected while a file is read, and compared when all of it was. Throws mtfetch::error
/// with file, line and key.
class world_names {
 public:
  using place_of = std::function<place(std::string_view key)>;

  /// Those whom flags or an accounts file brought are known, too.
  explicit world_names(const testing::cluster_options& given);

  void add(const testing::user& one, const place_of& at);
  void add(const testing::bot& one, const place_of& at);
  void add(const testing::world_person& one, const place_of& at);
  void add(const testing::world_chat& one, const place_of& at);

  void person(name_at used) { people_.push_back(std::move(used)); }
  /// Of a person, a bot or a chat.
  void anybody(name_at used) { anybody_.push_back(std::move(used)); }
  void supergroup(name_at used) { groups_.push_back(std::move(used)); }

  void check() const;

 private:
  bool is_person(const std::string& name) const;
  bool is_chat(const std::string& name) const;
  void add_username(const std::string& name, const place& at);

  std::set<std::string> usernames_;  // of all, in lower case
  std::set<std::string> of_people_;  // usernames, in lower case
  std::set<std::string> phones_;     // digits
  std::set<std::int64_t> user_ids_;
  std::set<std::int64_t> chat_ids_;
  std::set<std::string> invites_;
  std::map<std::string, testing::chat_kind> chats_;  // by key and by username in lower case
  std::vector<name_at> people_;
  std::vector<name_at> anybody_;
  std::vector<name_at> groups_;
};

}  // namespace mtfetch::local_dc
