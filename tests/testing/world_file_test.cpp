// SPDX-License-Identifier: BSL-1.0
// World files: what they say, and which line of them is wrong.
#include "examples/local-dc/world_file.hpp"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <map>
#include <mtfetch/error.hpp>

namespace mtfetch::local_dc {
namespace {

using testing::chat_kind;
using testing::media_kind;

testing::world_description world_of(const std::string& text) {
  testing::cluster_options made;
  add_world(text, "world.toml", "/nowhere", made);
  return *made.world;
}

std::string refusal_of(const std::string& text, testing::cluster_options given = {}) {
  try {
    add_world(text, "world.toml", "/nowhere", given);
    return "";
  } catch (const error& refused) {
    return refused.what();
  }
}

TEST(world_file, of_the_readme_says_each_kind_and_holds_together) {
  testing::cluster_options made;
  add_world(MTFETCH_EXAMPLE_WORLD, made);
  const testing::world_description& world = *made.world;
  EXPECT_EQ(made.users.size(), 2U);
  EXPECT_EQ(made.bots.size(), 1U);
  std::map<chat_kind, int> chats;
  std::map<media_kind, int> media;
  std::size_t qualities = 0;
  for (const auto& one : world.chats) {
    ++chats[one.kind];
    for (const auto& each : one.messages) {
      if (!each.media) continue;
      ++media[each.media->kind];
      qualities += each.media->qualities.size();
    }
  }
  EXPECT_EQ(chats.size(), 4U);
  EXPECT_EQ(media.size(), 8U);
  EXPECT_EQ(qualities, 2U);
  EXPECT_EQ(world.stories.size(), 2U);
  asio::io_context context;
  const testing::cluster cluster(context.get_executor(), made);
  EXPECT_GT(cluster.files().size(), 1000U);
}

TEST(world_file, has_times_sizes_and_entities_as_people_write_them) {
  const auto world = world_of(R"(
[[chat]]
key = "a"
date = 2024-05-01

[[chat.message]]
date = 2024-05-01T12:00:00+02:00
text = "🎉 big news"
entity = [{ type = "bold", of = "big" }, { type = "italic", offset = 0, length = 2 }]
media = { size = "6KiB" }

[[chat.message]]
date = 2024-05-01T10:00:00
)");
  const auto& chat = world.chats.at(0);
  EXPECT_EQ(chat.date, 1'714'521'600);
  const auto& first = chat.messages.at(0);
  EXPECT_EQ(first.date, 1'714'557'600);
  EXPECT_EQ(chat.messages.at(1).date, first.date) << "without an offset: UTC";
  EXPECT_EQ(first.entities.at(0).offset, 3) << "UTF-16 units";
  EXPECT_EQ(first.entities.at(0).length, 3);
  EXPECT_EQ(first.entities.at(1).length, 2);
  EXPECT_EQ(first.media->file.size, 6144);
}

TEST(world_file, repeats_messages_with_their_number) {
  const auto world = world_of(R"(
[[chat]]
key = "a"
[[chat.message]]
id = 5
date = 2024-05-01
repeat = 3
every = 10
text = "{n} of {n}"
media = { size = 1, name = "{n}.bin" }
)");
  const auto& made = world.chats.at(0).messages;
  ASSERT_EQ(made.size(), 3U);
  EXPECT_EQ(made[2].text, "3 of 3");
  EXPECT_EQ(made[2].media->file.name, "3.bin");
  EXPECT_EQ(made[2].date - made[0].date, 20);
  EXPECT_EQ(made[0].id, 5);
  EXPECT_EQ(made[1].id, 0) << "the next one";
}

TEST(world_file, knows_those_whom_flags_brought) {
  testing::cluster_options given;
  given.users.emplace_back().phone = "15550009";
  given.bots.emplace_back().token = "77:x";
  EXPECT_EQ(refusal_of("[[chat]]\nkey = \"a\"\nmembers = [\"+1 555-0009\", \"77\"]", given), "");
  EXPECT_NE(refusal_of("[[user]]\nphone = \"+15550009\"", given).find(":2: user.phone: "),
            std::string::npos);
}

struct wrong {
  const char* text;
  const char* said;
  friend void PrintTo(const wrong& one, std::ostream* to) { *to << one.said; }
};

class wrong_world_file : public ::testing::TestWithParam<wrong> {};

TEST_P(wrong_world_file, is_refused_with_line_and_key) {
  const std::string said = refusal_of(GetParam().text);
  EXPECT_EQ(said.rfind(std::string("world.toml:") + GetParam().said, 0), 0U) << said;
}

const wrong all_wrong[] = {
    {"[[chat]\n", "1: this is not TOML: "},
    {"a = 1\n", "1: a: there is no such key; there are bot, chat, person, story, user"},
    {"\nchat = 3\n", "2: chat: it is a list of tables: [[chat]]"},
    {"[chat]\nkey = \"a\"\n", "1: chat: it is a list of tables"},
    {"[[chat]]\nkey = 3\n", "2: chat.key: it is text in quotes"},
    {"[[chat]]\ntitle = \"x\"\n", "1: chat: a chat needs a username, a key or an id"},
    {"[[chat]]\nkey = \"a\"\nkind = \"club\"\n", "3: chat.kind: 'club' is none of channel, group"},
    {"[[chat]]\nkey = \"a\"\n[[chat]]\nkey = \"a\"\n", "4: chat.key: there are two"},
    {"[[chat]]\nusername = \"a\"\n[[chat]]\nusername = \"A\"\n", "4: chat.username: there are two"},
    {"[[chat]]\nusername = \"a-b\"\n", "2: chat.username: a username is at most 32"},
    {"[[chat]]\nid = 7\n[[chat]]\nid = 7\n", "4: chat.id: another chat has the id 7"},
    {"[[chat]]\nid = -7\n", "2: chat.id: -7 is not a whole number of 1 to"},
    {"[[chat]]\nid = 7\ninvite = \"i\"\n[[chat]]\nid = 8\ninvite = \"i\"\n", "6: chat.invite: "},
    {"[[chat]]\nkey = \"a\"\nforum = \"yes\"\n", "3: chat.forum: it is true or false"},
    {"[[chat]]\nkey = \"a\"\nforum = true\n", "3: chat.forum: only supergroups"},
    {"[[chat]]\nkey = \"a\"\nmembers = \"eve\"\n", "3: chat.members: it is a list of texts"},
    {"[[chat]]\nkey = \"a\"\nmembers = [\n\"eve\"]\n", "4: chat.members: there is no user, bot or"},
    {"[[chat]]\nkey = \"a\"\nadmins = [1]\n", "3: chat.admins: each of the list is text"},
    {"[[chat]]\nkind = \"person\"\n", "1: chat.members: of kind person: two, or one"},
    {"[[chat]]\nkey = \"a\"\ndiscussion = \"b\"\n", "3: chat.discussion: there is no chat b"},
    {"[[chat]]\nkey = \"a\"\ndiscussion = \"a\"\n", "3: chat.discussion: a is no supergroup"},
    {"[[chat]]\nkey = \"a\"\ndate = \"now\"\n", "3: chat.date: it is a time like"},
    {"[[chat]]\nkey = \"a\"\ndate = 1950-01-01\n", "3: chat.date: Telegram's times"},
    {"[[chat]]\nkey = \"a\"\n[[chat.topic]]\ntitle = \"x\"\n", "3: chat.topic: only forums"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\ntext = 1\n", "4: chat.message.text: it is text"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nfrm = \"x\"\n", "4: chat.message.frm: there is no"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nfrom = \"x\"\n", "4: chat.message.from: there is"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nid = 3\n[[chat.message]]\nid = 3\n",
     "6: chat.message.id: ids rise; 3 comes after 3"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nid = 2147483647\n[[chat.message]]\n",
     "5: chat.message.id: no id is left"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nrepeat = 2\n[[chat.message]]\nid = 2\n",
     "6: chat.message.id: ids rise; 2 comes after 2"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nrepeat = 200000\n[[chat.message]]\nrepeat = 1\n",
     "6: chat.message.repeat: a world has at most 200000 messages"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nevery = 3\n",
     "4: chat.message.every: it needs date"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\ntopic = 2\n", "4: chat.message.topic: only forums"},
    {"[[chat]]\nkey = \"a\"\nkind = \"supergroup\"\nforum = true\n[[chat.message]]\ntopic = 2\n",
     "6: chat.message.topic: the chat has no topic 2"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\ncomment_on = 1\n", "4: chat.message.comment_on: "},
    {"[[chat]]\nkey = \"a\"\nkind = \"supergroup\"\n[[chat.message]]\ncomment_on = 1\n",
     "5: chat.message.comment_on: no channel"},
    {"[[chat]]\nkey = \"a\"\nkind = \"group\"\n[[chat.message]]\ntext = \"x\"\n",
     "4: chat.message.from: in a basic group it is needed"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nservice = \"party\"\n",
     "4: chat.message.service: 'party' is none of clear, create, join, pin, title"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\npaid_stars = 1\n", "4: chat.message.paid_stars: "},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = 1\n",
     "4: chat.message.media: it is a table"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = {}\n",
     "4: chat.message.media: it needs file"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = { file = \"x\" }\n",
     "4: chat.message.media.file: there is no file x beside the world file"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = { file = \"x\", size = 1 }\n",
     "4: chat.message.media.file: either"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = { size = \"big\" }\n",
     "4: chat.message.media.size: A size or rate"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = { size = 1, kind = \"film\" }\n",
     "4: chat.message.media.kind: 'film' is none of audio"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = { size = 1, dc = 9 }\n",
     "4: chat.message.media.dc: there is no data centre 9"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = { size = 1, seconds = -1 }\n",
     "4: chat.message.media.seconds: it is a number"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nmedia = { size = 1, quality = [{ size = 1 }] }\n",
     "4: chat.message.media.quality: only videos"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\ntext = \"x\"\nentity = [{ type = \"bold\" }]\n",
     "5: chat.message.entity: it needs `of`"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\ntext = \"x\"\nentity = [{ type = \"b\", of = \"x\" "
     "}]\n",
     "5: chat.message.entity.type: 'b' is none of"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\ntext = \"x\"\nentity = [{ type = \"bold\", of = "
     "\"y\" }]",
     "5: chat.message.entity.of: the text has no 'y'"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nforward = { message = 1 }\n",
     "4: chat.message.forward: it needs from"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nforward = { from = \"x\" }\n",
     "4: chat.message.forward.from: there is no"},
    {"[[chat]]\nkey = \"a\"\n[[chat.message]]\nweb_page = { title = \"x\" }\n",
     "4: chat.message.web_page.url: it is needed"},
    {"[[user]]\ncode = \"1\"\n", "1: user.phone: it is needed"},
    {"[[user]]\nphone = \"x\"\n", "2: user.phone: it has digits"},
    {"[[user]]\nphone = \"1\"\nhome_dc = 7\n", "3: user.home_dc: there is no data centre 7"},
    {"[[bot]]\ntoken = \"x\"\n", "2: bot.token: it looks like 1234567:secret"},
    {"[[bot]]\ntoken = \"1:x\"\n[[bot]]\ntoken = \"1:y\"\n", "4: bot.token: another has the id 1"},
    {"[[person]]\nfirst_name = \"x\"\n", "1: person: a person needs a username or an id"},
    {"[[person]]\nid = 5\n[[person]]\nid = 5\n", "4: person.id: another has the id 5"},
    {"[[person]]\nid = 99999999999999\n", "2: person.id: 99999999999999 is not"},
    {"[[story]]\nmedia = { size = 1 }\n", "1: story.of: it is needed"},
    {"[[story]]\nof = \"x\"\nmedia = { size = 1 }\n", "2: story.of: there is no user"},
    {"[[story]]\nof = \"x\"\n", "1: story: a story needs media"},
};
INSTANTIATE_TEST_SUITE_P(each, wrong_world_file, ::testing::ValuesIn(all_wrong));

}  // namespace
}  // namespace mtfetch::local_dc
