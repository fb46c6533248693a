// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/world_file.hpp"

#include "examples/local-dc/world_ids.hpp"
#include "examples/local-dc/world_media_file.hpp"
#include "examples/local-dc/world_names.hpp"
#include "examples/local-dc/world_table.hpp"

#include <algorithm>
#include <fstream>
#include <mtfetch/error.hpp>
#include <sstream>
#include <utility>

namespace mtfetch::local_dc {

namespace {

using testing::chat_kind;

// A file that repeats a line ten times over must not fill the memory.
constexpr std::int64_t most_messages = 200'000;
constexpr std::int64_t most_user_id = 0xffffffffff;
constexpr std::int64_t most_chat_id = 997'852'516'352;
constexpr std::int64_t seconds_between = 60;

const std::map<std::string, chat_kind> kinds = {{"channel", chat_kind::channel},
                                                {"supergroup", chat_kind::supergroup},
                                                {"group", chat_kind::group},
                                                {"person", chat_kind::person}};
const std::map<std::string, std::string> services = {
    {"pin", "pin"}, {"join", "join"}, {"title", "title"}, {"create", "create"}, {"clear", "clear"}};

std::string numbered(std::string text, std::int64_t number) {
  for (std::size_t at = text.find("{n}"); at != std::string::npos; at = text.find("{n}", at)) {
    text.replace(at, 3, std::to_string(number));
  }
  return text;
}

class world_reader {
 public:
  world_reader(const std::filesystem::path& folder, testing::cluster_options& to)
      : to_(to), names_(to), content_(folder, to.dcs, names_) {}

  void read(world_table from) {
    for (world_table& one : from.tables("user")) user(one);
    for (world_table& one : from.tables("bot")) bot(one);
    if (!to_.world) to_.world.emplace();
    for (world_table& one : from.tables("person")) person(one);
    for (world_table& one : from.tables("chat")) chat(one);
    for (world_table& one : from.tables("story")) story(one);
    from.end();
    names_.check();
    check_ids(*to_.world, places_);
  }

 private:
  static world_names::place_of where(const world_table& from) {
    return [&from](std::string_view key) { return from.at(key); };
  }

  void home(world_table& from, int& dc) {
    from.take("home_dc", dc, 1, 1000);
    if (dc != 0 && std::ranges::count(to_.dcs, dc) == 0) {
      refuse(from.at("home_dc"), "there is no data centre " + std::to_string(dc));
    }
  }

  void user(world_table& from) {
    testing::user made;
    made.phone = from.needed("phone");
    from.take("code", made.code);
    from.take("password", made.password);
    from.take("first_name", made.first_name);
    from.take("username", made.username);
    from.take("member", made.member);
    home(from, made.home_dc);
    from.end();
    names_.add(made, where(from));
    to_.users.push_back(std::move(made));
  }

  void bot(world_table& from) {
    testing::bot made;
    made.token = from.needed("token");
    from.take("username", made.username);
    from.take("member", made.member);
    home(from, made.home_dc);
    from.end();
    names_.add(made, where(from));
    to_.bots.push_back(std::move(made));
  }

  void person(world_table& from) {
    testing::world_person made;
    from.take("id", made.id, 1, most_user_id);
    from.take("username", made.username);
    from.take("first_name", made.first_name);
    from.take("last_name", made.last_name);
    from.take("deleted", made.deleted);
    from.end();
    names_.add(made, where(from));
    to_.world->people.push_back(std::move(made));
  }

  std::vector<std::string> people(world_table& from, const char* key) {
    std::vector<std::string> made;
    for (name_at& one : from.names(key)) {
      made.push_back(one.name);
      names_.person(std::move(one));
    }
    return made;
  }

  void chat(world_table& from) {
    testing::world_chat made;
    chat_place& places = places_.emplace_back();
    from.take("key", made.key);
    from.take_word("kind", made.kind, kinds);
    from.take("id", made.id, 1, most_chat_id);
    from.take("username", made.username);
    from.take("title", made.title);
    from.take("about", made.about);
    from.take_time("date", made.date);
    made.members = people(from, "members");
    made.admins = people(from, "admins");
    from.take("invite", made.invite);
    from.take("invite_request", made.invite_request);
    from.take("invite_peek", made.invite_peek);
    from.take("invite_expired", made.invite_expired);
    from.take("protected_content", made.protected_content);
    from.take("forum", made.forum);
    from.take("discussion", made.discussion);
    if (!made.discussion.empty()) names_.supergroup({made.discussion, from.at("discussion")});
    for (world_table& one : from.tables("topic")) {
      testing::world_topic topic;
      topic.title = one.needed("title");
      one.take("id", topic.id, 2, most_id);
      one.take("closed", topic.closed);
      one.end();
      places.topics.push_back(one.at("id"));
      made.topics.push_back(std::move(topic));
    }
    if (!made.topics.empty() && !made.forum) refuse(from.at("topic"), "only forums have topics");
    for (world_table& one : from.tables("message")) message(one, made, places);
    from.end();
    names_.add(made, where(from));
    to_.world->chats.push_back(std::move(made));
  }

  void message(world_table& from, testing::world_chat& to, chat_place& places) {
    testing::world_message made;
    from.take("id", made.id, 1, most_id);
    from.take_time("date", made.date);
    from.take("from", made.from);
    if (!made.from.empty()) names_.anybody({made.from, from.at("from")});
    from.take("author", made.author);
    from.take("text", made.text);
    made.entities = content_.entities(from.tables("entity"), made.text);
    if (auto media = from.table("media")) made.media = content_.media(std::move(*media));
    if (auto page = from.table("web_page")) made.web_page = content_.page(std::move(*page));
    if (auto origin = from.table("forward")) made.forward = content_.forward(std::move(*origin));
    from.take("paid_stars", made.paid_stars, 1, 1'000'000'000);
    from.take("album", made.album, 1, 999'999);
    from.take("reply_to", made.reply_to, 1, most_id);
    from.take("topic", made.topic, 1, most_id);
    from.take("comment_on", made.comment_on, 1, most_id);
    from.take_word("service", made.service, services);
    from.take("pinned", made.pinned);
    from.take("deleted", made.deleted);
    from.take("protected_content", made.protected_content);
    std::int64_t copies = 1;
    std::int64_t every = seconds_between;
    from.take("repeat", copies, 1, most_messages);
    from.take("every", every, 0, 1'000'000'000);
    from.end();
    if (from.has("every") && made.date == 0) refuse(from.at("every"), "it needs date, too");
    if (made.paid_stars != 0 && !made.media) refuse(from.at("paid_stars"), "it needs media");
    messages_ += copies;
    if (messages_ > most_messages) {
      refuse(from.at("repeat"),
             "a world has at most " + std::to_string(most_messages) + " messages");
    }
    const message_place there = {from.at("id"), from.at("topic"), from.at("comment_on"),
                                 from.at("from")};
    for (std::int64_t n = 1; n <= copies; ++n) {
      testing::world_message& copy = to.messages.emplace_back(made);
      places.messages.push_back(there);
      if (copies == 1) continue;
      copy.text = numbered(made.text, n);
      if (copy.media) copy.media->file.name = numbered(made.media->file.name, n);
      if (n == 1) continue;
      copy.id = 0;
      if (made.date != 0) copy.date = after(from, made.date, (n - 1) * every);
    }
  }

  static std::int32_t after(const world_table& from, std::int32_t date, std::int64_t seconds) {
    const std::int64_t then = date + seconds;
    if (then > most_id) refuse(from.at("every"), "the last copy comes after 2038");
    return static_cast<std::int32_t>(then);
  }

  void story(world_table& from) {
    testing::world_story made;
    made.of = from.needed("of");
    names_.anybody({made.of, from.at("of")});
    from.take("id", made.id, 1, most_id);
    from.take_time("date", made.date);
    from.take("lasts", made.lasts, 1, 1'000'000'000);
    from.take("pinned", made.pinned);
    from.take("deleted", made.deleted);
    from.take("protected_content", made.protected_content);
    from.take("close_friends", made.close_friends);
    from.take("text", made.text);
    made.entities = content_.entities(from.tables("entity"), made.text);
    if (auto media = from.table("media")) {
      made.media = content_.media(std::move(*media));
    } else if (!made.deleted) {
      refuse(from.at(), "a story needs media");
    }
    if (auto origin = from.table("forward")) made.forward = content_.forward(std::move(*origin));
    from.end();
    to_.world->stories.push_back(std::move(made));
  }

  testing::cluster_options& to_;
  world_names names_;
  content_reader content_;
  std::vector<chat_place> places_;
  std::int64_t messages_ = 0;
};

}  // namespace

void add_world(std::string_view text, const std::string& name, const std::filesystem::path& folder,
               testing::cluster_options& to) {
  toml::table document;
  try {
    document = toml::parse(text, name);
  } catch (const toml::parse_error& wrong) {
    refuse({name, static_cast<int>(wrong.source().begin.line), "this is not TOML"},
           std::string(wrong.description()));
  }
  world_reader(folder, to).read(world_table(document, name, ""));
}

void add_world(const std::filesystem::path& file, testing::cluster_options& to) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || !text) {
    throw error(client_errc::bad_config, "Cannot read the world file " + file.string());
  }
  add_world(text.str(), file.string(), file.parent_path(), to);
}

}  // namespace mtfetch::local_dc
