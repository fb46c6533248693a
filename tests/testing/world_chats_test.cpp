// SPDX-License-Identifier: BSL-1.0
// A described world, read by its members and by those who are none.
#include "tests/testing/call_rig.hpp"

namespace mtfetch::testing {
namespace {

namespace messages = api::messages;

world_message text_of(std::string from, std::string text) {
  world_message made;
  made.from = std::move(from);
  made.text = std::move(text);
  return made;
}

world_message file_of(media_kind kind, std::int64_t size) {
  world_message made;
  made.media.emplace();
  made.media->kind = kind;
  made.media->file.size = size;
  made.media->file.dc = 2;
  return made;
}

world_description everything() {
  world_description made;
  world_person eve;
  eve.username = "eve";
  made.people.push_back(eve);

  world_chat news;
  news.username = "news";
  news.discussion = "talk";
  news.messages.push_back(file_of(media_kind::photo, 90'000));
  news.messages.push_back(file_of(media_kind::video, 700'000));
  news.messages.back().album = 1;
  news.messages.back().media->thumb = 3000;
  world_quality small;
  small.height = 480;
  small.file.size = 50'000;
  news.messages.back().media->qualities.push_back(small);
  news.messages.push_back(file_of(media_kind::video, 10));
  news.messages.back().album = 1;
  world_message gone;
  gone.deleted = true;
  news.messages.push_back(gone);
  news.messages.push_back(file_of(media_kind::video, 10));
  news.messages.back().paid_stars = 50;
  made.chats.push_back(news);

  world_chat talk;
  talk.key = "talk";
  talk.kind = chat_kind::supergroup;
  talk.members = {"+15550001", "777"};
  talk.admins = {"777"};
  talk.messages.push_back(text_of("eve", "first"));
  talk.messages.back().comment_on = 2;
  made.chats.push_back(talk);

  world_chat forum;
  forum.key = "forum";
  forum.kind = chat_kind::supergroup;
  forum.forum = true;
  forum.members = {"+15550001"};
  world_topic films;
  films.title = "Films";
  forum.topics.push_back(films);
  forum.messages.push_back(text_of("eve", "in films"));
  forum.messages.back().topic = 2;
  forum.messages.push_back(text_of("eve", "in general"));
  made.chats.push_back(forum);

  world_chat family;
  family.key = "family";
  family.kind = chat_kind::group;
  family.members = {"+15550001", "eve"};
  family.messages.push_back(text_of("eve", "hello"));
  made.chats.push_back(family);

  world_chat letters;
  letters.kind = chat_kind::person;
  letters.members = {"+15550001", "eve"};
  letters.messages.push_back(text_of("+15550001", "dear Eve"));
  letters.messages.push_back(text_of("eve", "dear you"));
  made.chats.push_back(letters);

  for (const char* const name : {"club", "asked", "over"}) {
    world_chat closed;
    closed.key = closed.invite = name;
    closed.invite_request = closed.key == "asked";
    closed.invite_expired = closed.key == "over";
    closed.messages.push_back(file_of(media_kind::document, 10));
    made.chats.push_back(closed);
  }

  world_story seen;
  seen.of = "eve";
  seen.pinned = true;
  seen.media.kind = media_kind::video;
  seen.media.file.size = 10;
  made.stories.push_back(seen);
  return made;
}

class described_world : public ::testing::Test {
 protected:
  described_world() : rig_(options()) { rig_.be(rig_.person()); }
  static cluster_options options() {
    cluster_options made;
    made.world = everything();
    return made;
  }
  const chat& chat_of(const char* key) const { return *rig_.content.content.find_key(key); }
  api::InputPeer peer_input(const char* key) const {
    const auto named = rig_.channel_input(chat_of(key));
    api::inputPeerChannel made;
    made.channel_id = named.channel_id;
    made.access_hash = named.access_hash;
    return made;
  }
  api::InputPeer eve() const {
    api::inputPeerUser made;
    made.user_id = rig_.content.people.find_named("eve")->id;
    made.access_hash =
        rig_.content.keys.access_hash(rig_.key->allowed.account, object_kind::user, made.user_id);
    return made;
  }
  api::channels::getMessages posts(const char* key, std::vector<int> ids) const {
    api::channels::getMessages ask;
    ask.channel = rig_.channel_input(chat_of(key));
    for (const int id : ids) {
      api::inputMessageID one;
      one.id = id;
      ask.id.emplace_back(one);
    }
    return ask;
  }
  call_rig rig_;
};

TEST_F(described_world, shows_albums_qualities_paid_and_deleted_messages) {
  const auto answer = rig_.result_of(posts("news", {2, 3, 4, 5}));
  const auto& found = answer.as<messages::channelMessages>().messages;
  const auto& first = found[0].as<api::message>();
  ASSERT_TRUE(first.grouped_id);
  EXPECT_EQ(first.grouped_id, found[1].as<api::message>().grouped_id);
  EXPECT_EQ(first.media->as<api::messageMediaDocument>().alt_documents->size(), 1U);
  EXPECT_TRUE(found[2].is<api::messageEmpty>());
  EXPECT_TRUE(found[3].as<api::message>().media->is<api::messageMediaPaidMedia>());
}

TEST_F(described_world, serves_each_size_of_a_photo_and_a_documents_thumbnail) {
  const auto answer = rig_.result_of(posts("news", {1, 2}));
  const auto& found = answer.as<messages::channelMessages>().messages;
  const auto& shown =
      found[0].as<api::message>().media->as<api::messageMediaPhoto>().photo->as<api::photo>();
  ASSERT_EQ(shown.sizes.size(), 3U) << "m, x, y";
  EXPECT_EQ(shown.sizes.back().as<api::photoSizeProgressive>().sizes.back(), 90'000);
  api::inputPhotoFileLocation at;
  at.id = shown.id;
  at.access_hash = shown.access_hash;
  at.file_reference = shown.file_reference;
  api::upload::getFile ask;
  ask.limit = 1 << 20;
  const auto size_of = [&](const char* type) {
    at.thumb_size = type;
    api::inputPhotoFileLocation copy;
    copy.id = at.id;
    copy.access_hash = at.access_hash;
    copy.file_reference = at.file_reference;
    copy.thumb_size = at.thumb_size;
    ask.location = std::move(copy);
    return rig_.result_of(ask).as<api::upload::file>().bytes.size();
  };
  EXPECT_EQ(size_of("y"), 90'000U);
  EXPECT_EQ(size_of("m"), static_cast<std::size_t>(shown.sizes[0].as<api::photoSize>().size));
  const auto& file = found[1]
                         .as<api::message>()
                         .media->as<api::messageMediaDocument>()
                         .document->as<api::document>();
  api::inputDocumentFileLocation thumb;
  thumb.id = file.id;
  thumb.access_hash = file.access_hash;
  thumb.file_reference = file.file_reference;
  thumb.thumb_size = "m";
  ask.location = std::move(thumb);
  EXPECT_EQ(rig_.result_of(ask).as<api::upload::file>().bytes.size(), 3000U);
}

TEST_F(described_world, finds_the_comments_of_a_post) {
  messages::getDiscussionMessage ask;
  ask.peer = peer_input("news");
  ask.msg_id = 2;
  const auto found = rig_.result_of(ask);
  const auto& copy = found.messages.at(0).as<api::message>();
  EXPECT_EQ(copy.fwd_from->saved_from_msg_id, 2);
  messages::getReplies replies;
  replies.peer = peer_input("news");
  replies.msg_id = 2;
  replies.limit = 100;
  const auto answer = rig_.result_of(replies);
  const auto& comments = answer.as<messages::channelMessages>();
  ASSERT_EQ(comments.messages.size(), 1U);
  EXPECT_EQ(comments.messages[0].as<api::message>().message, "first");
  EXPECT_EQ(comments.users.size(), 1U) << "who wrote it";
  ask.msg_id = 1;
  EXPECT_EQ(rig_.error_of(ask), "400 MSG_ID_INVALID");
}

TEST_F(described_world, has_forums_with_topics) {
  messages::getForumTopicsByID ask;
  ask.peer = peer_input("forum");
  ask.topics = {2, 7};
  const auto found = rig_.result_of(ask);
  EXPECT_EQ(found.topics.at(0).as<api::forumTopic>().title, "Films");
  EXPECT_TRUE(found.topics.at(1).is<api::forumTopicDeleted>());
  messages::getReplies thread;
  thread.peer = peer_input("forum");
  thread.msg_id = 2;
  thread.limit = 10;
  const auto answer = rig_.result_of(thread);
  const auto& in = answer.as<messages::channelMessages>().messages;
  ASSERT_EQ(in.size(), 1U);
  EXPECT_TRUE(in[0].as<api::message>().reply_to->as<api::messageReplyHeader>().forum_topic);
}

TEST_F(described_world, has_basic_groups_and_people_with_ids_of_one_row) {
  messages::getMessages ask;
  for (const int id : {1, 2, 3}) {
    api::inputMessageID one;
    one.id = id;
    ask.id.emplace_back(one);
  }
  const auto mine = rig_.result_of(ask);
  const auto& found = mine.as<messages::messages>().messages;
  EXPECT_EQ(found[0].as<api::message>().message, "hello");
  EXPECT_TRUE(found[1].as<api::message>().out);
  EXPECT_EQ(found[2].as<api::message>().message, "dear you");
  messages::getHistory history;
  history.peer = eve();
  history.limit = 100;
  EXPECT_EQ(rig_.result_of(history).as<messages::messages>().messages.size(), 2U);
  rig_.be(rig_.careful_person());
  const auto others = rig_.result_of(ask);
  EXPECT_TRUE(others.as<messages::messages>().messages[0].is<api::messageEmpty>());
}

TEST_F(described_world, lets_people_in_by_invite) {
  const auto join = [&](std::string hash) {
    bytes request;
    tl::writer out(request);
    out.u32(0xde91436e);
    out.bytes(as_bytes(hash));
    const auto made = rig_.call(request);
    const auto* failed = std::get_if<std::string>(&made);
    return failed == nullptr ? "" : *failed;
  };
  EXPECT_EQ(rig_.error_of(posts("club", {1})), "400 CHANNEL_PRIVATE");
  messages::checkChatInvite ask;
  ask.hash = "club";
  EXPECT_TRUE(rig_.result_of(ask).is<api::chatInvite>());
  EXPECT_EQ(join("club"), "");
  EXPECT_EQ(rig_.error_of(posts("club", {1})), "");
  EXPECT_TRUE(rig_.result_of(ask).is<api::chatInviteAlready>());
  EXPECT_EQ(join("club"), "400 USER_ALREADY_PARTICIPANT");
  EXPECT_EQ(join("asked"), "400 INVITE_REQUEST_SENT");
  EXPECT_EQ(join("over"), "400 INVITE_HASH_EXPIRED");
  EXPECT_EQ(join("none"), "400 INVITE_HASH_INVALID");
  rig_.be(rig_.robot());
  EXPECT_EQ(join("club"), "400 BOT_METHOD_INVALID");
}

TEST_F(described_world, pages_through_dialogs) {
  messages::getDialogs ask;
  ask.offset_peer = api::inputPeerEmpty();
  ask.limit = 2;
  const auto answer = rig_.result_of(ask);
  const auto& page = answer.as<messages::dialogsSlice>();
  EXPECT_EQ(page.dialogs.size(), 2U);
  EXPECT_EQ(page.count, 6) << "two of the folder, talk, forum, family, Eve";
}

TEST_F(described_world, shows_stories) {
  api::stories::getStoriesByID ask;
  ask.peer = eve();
  ask.id = {1, 2};
  const auto found = rig_.result_of(ask);
  ASSERT_EQ(found.stories.size(), 1U);
  EXPECT_TRUE(found.stories[0].as<api::storyItem>().media.is<api::messageMediaDocument>());
}

TEST_F(described_world, names_what_does_not_hold_together) {
  cluster_options options;
  options.world = everything();
  options.world->chats[0].messages[0].from = "nobody";
  try {
    const call_rig rig(options);
    FAIL();
  } catch (const error& refused) {
    const std::string said = refused.what();
    EXPECT_NE(said.find("news, message 1"), std::string::npos) << said;
    EXPECT_NE(said.find("nobody"), std::string::npos) << said;
  }
}

TEST(made_content, is_the_same_from_wherever_it_is_read) {
  const auto whole = made_content(7, 0, 100);
  EXPECT_EQ(made_content(7, 13, 50), bytes(whole.begin() + 13, whole.begin() + 63));
  EXPECT_NE(made_content(8, 0, 100), whole);
}

}  // namespace
}  // namespace mtfetch::testing
