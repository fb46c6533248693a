// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/sha.hpp"
#include "tests/testing/call_rig.hpp"

namespace mtfetch::testing {
namespace {

namespace messages = api::messages;

api::channels::getMessages messages_of(const api::inputChannel& chat, std::vector<int> ids) {
  api::channels::getMessages ask;
  ask.channel = chat;
  for (const int id : ids) {
    api::inputMessageID one;
    one.id = id;
    ask.id.emplace_back(one);
  }
  return ask;
}

std::vector<int> ids_in(const messages::Messages& found) {
  std::vector<int> ids;
  for (const api::Message& one : found.as<messages::channelMessages>().messages) {
    const auto* there = one.get_if<api::message>();
    ids.push_back(there != nullptr ? there->id : -one.as<api::messageEmpty>().id);
  }
  return ids;
}

TEST(chat_calls, resolve_public_names) {
  call_rig rig;
  rig.be(rig.robot());
  api::contacts::resolveUsername ask;
  ask.username = "Files";
  const auto found = rig.result_of(ask);
  ASSERT_EQ(found.chats.size(), 1U);
  const auto& chat = found.chats[0].as<api::channel>();
  EXPECT_EQ(chat.id, rig.open_channel().id);
  EXPECT_EQ(chat.username, "files");
  ask.username = "nobody_here";
  EXPECT_EQ(rig.error_of(ask), "400 USERNAME_NOT_OCCUPIED");
  ask.username = "no name!";
  EXPECT_EQ(rig.error_of(ask), "400 USERNAME_INVALID");
  ask.username = "test_777_bot";
  EXPECT_EQ(rig.result_of(ask).users.size(), 1U);
  rig.be_nobody();
  EXPECT_EQ(rig.error_of(ask), "401 AUTH_KEY_UNREGISTERED");
}

TEST(message_calls, read_messages_by_id) {
  call_rig rig;
  rig.be(rig.robot());
  const auto chat = rig.channel_input(rig.open_channel());
  const auto found = rig.result_of(messages_of(chat, {2, 9, 1}));
  EXPECT_EQ(ids_in(found), (std::vector<int>{2, -9, 1}));
  const auto& first = found.as<messages::channelMessages>().messages[0].as<api::message>();
  const auto& file = first.media->as<api::messageMediaDocument>().document->as<api::document>();
  EXPECT_EQ(file.size, 300'000);
  EXPECT_EQ(file.dc_id, 2);
  EXPECT_EQ(file.attributes.back().as<api::documentAttributeFilename>().file_name, "b.bin");
}

TEST(message_calls, refuse_chats_that_the_caller_may_not_see) {
  call_rig rig;
  rig.be(rig.robot());
  api::inputChannel wrong = rig.channel_input(rig.open_channel());
  wrong.access_hash ^= 1;
  EXPECT_EQ(rig.error_of(messages_of(wrong, {1})), "400 CHANNEL_INVALID");
  wrong.channel_id = 5;
  EXPECT_EQ(rig.error_of(messages_of(wrong, {1})), "400 CHANNEL_INVALID");
  EXPECT_EQ(rig.error_of(messages_of(rig.channel_input(rig.closed_channel()), {1})),
            "400 CHANNEL_PRIVATE");
  EXPECT_EQ(rig.error_of(messages_of(rig.channel_input(rig.open_channel()), {})),
            "400 MSG_IDS_EMPTY");
  EXPECT_EQ(rig.error_of(messages_of(rig.channel_input(rig.open_channel()), {-3})),
            "400 MSG_ID_INVALID");
  EXPECT_EQ(
      rig.error_of(messages_of(rig.channel_input(rig.open_channel()), std::vector<int>(101, 1))),
      "400 LIMIT_INVALID");
  rig.be(rig.person());
  EXPECT_EQ(ids_in(rig.result_of(messages_of(rig.channel_input(rig.closed_channel()), {1}))),
            std::vector<int>{1});
}

TEST(message_calls, let_bots_name_chats_by_id_alone) {
  call_rig rig;
  api::inputChannel bare;
  bare.channel_id = rig.open_channel().id;
  rig.be(rig.robot());
  EXPECT_EQ(ids_in(rig.result_of(messages_of(bare, {1}))), std::vector<int>{1});
  rig.be(rig.person());
  EXPECT_EQ(rig.error_of(messages_of(bare, {1})), "400 CHANNEL_INVALID");
}

TEST(message_calls, page_through_a_history) {
  call_rig rig;
  rig.be(rig.person());
  messages::getHistory ask;
  const auto chat = rig.channel_input(rig.open_channel());
  api::inputPeerChannel peer;
  peer.channel_id = chat.channel_id;
  peer.access_hash = chat.access_hash;
  const auto page = [&](int offset_id, int add_offset, int limit, int max_id = 0, int min_id = 0) {
    ask.peer = peer;
    ask.offset_id = offset_id;
    ask.add_offset = add_offset;
    ask.limit = limit;
    ask.max_id = max_id;
    ask.min_id = min_id;
    return ids_in(rig.result_of(ask));
  };
  EXPECT_EQ(page(0, 0, 100), (std::vector<int>{3, 2, 1}));
  EXPECT_EQ(page(0, 0, 2), (std::vector<int>{3, 2}));
  EXPECT_EQ(page(2, 0, 100), (std::vector<int>{1}));
  EXPECT_EQ(page(2, -1, 1), (std::vector<int>{2}));
  EXPECT_EQ(page(0, 1, 1), (std::vector<int>{2}));
  EXPECT_EQ(page(0, 0, 100, 3, 1), (std::vector<int>{2}));
  EXPECT_EQ(page(1, 0, 100), (std::vector<int>{}));
  EXPECT_EQ(page(0, 0, -5), (std::vector<int>{}));
}

TEST(message_calls, are_not_all_for_bots) {
  call_rig rig;
  rig.be(rig.robot());
  messages::getHistory history;
  history.peer = api::inputPeerSelf();
  EXPECT_EQ(rig.error_of(history), "400 BOT_METHOD_INVALID");
  messages::getDialogs dialogs;
  dialogs.offset_peer = api::inputPeerEmpty();
  EXPECT_EQ(rig.error_of(dialogs), "400 BOT_METHOD_INVALID");
  EXPECT_EQ(rig.error_of(messages::getPeerDialogs{}), "400 BOT_METHOD_INVALID");
  EXPECT_EQ(rig.error_of(api::help::getCdnConfig{}), "400 BOT_METHOD_INVALID");
  EXPECT_EQ(rig.error_of(api::help::getConfig{}), "");
}

TEST(message_calls, list_the_chats_of_a_member) {
  call_rig rig;
  messages::getDialogs ask;
  ask.offset_peer = api::inputPeerEmpty();
  ask.limit = 100;
  rig.be(rig.person());
  EXPECT_EQ(rig.result_of(ask).as<messages::dialogs>().dialogs.size(), 2U);
  rig.be(rig.careful_person());
  EXPECT_TRUE(rig.result_of(ask).as<messages::dialogs>().dialogs.empty());
}

TEST(network_calls, tell_every_address) {
  call_rig rig;
  const auto config = rig.result_of(api::help::getConfig{});
  EXPECT_EQ(config.this_dc, 2);
  ASSERT_EQ(config.dc_options.size(), 2U);
  EXPECT_EQ(config.dc_options[0].port, 4001);
  EXPECT_EQ(rig.result_of(api::help::getNearestDc{}).nearest_dc, 2);
}

api::upload::getFile part_of(const call_rig& rig, const document& file, std::int64_t offset,
                             std::int32_t limit) {
  api::upload::getFile ask;
  ask.location = rig.location_of(file);
  ask.offset = offset;
  ask.limit = limit;
  return ask;
}

TEST(file_calls, give_the_bytes_of_a_part) {
  call_rig rig;
  rig.be(rig.robot());
  const bytes content = rig.folder.add("copy", 300'000);
  const auto part = [&](std::int64_t offset, std::int32_t limit) {
    const auto got = rig.result_of(part_of(rig, rig.file_here(), offset, limit));
    const byte_view data = got.as<api::upload::file>().bytes;
    return bytes(data.begin(), data.end());
  };
  EXPECT_EQ(part(0, 4096), bytes(content.begin(), content.begin() + 4096));
  EXPECT_EQ(part(0, 1 << 20), content) << "cut at the end of the file";
  EXPECT_EQ(part(294'912, 8192), bytes(content.begin() + 294'912, content.end()));
  EXPECT_TRUE(part(std::int64_t{1} << 30, 4096).empty());
}

TEST(file_calls, refuse_parts_that_break_the_rules) {
  call_rig rig;
  rig.be(rig.robot());
  const document& file = rig.file_here();
  EXPECT_EQ(rig.error_of(part_of(rig, file, 1000, 4096)), "400 OFFSET_INVALID");
  EXPECT_EQ(rig.error_of(part_of(rig, file, 0, 5000)), "400 LIMIT_INVALID");
  api::upload::getFile precise = part_of(rig, file, 1024, 1024);
  precise.precise = true;
  EXPECT_EQ(rig.error_of(precise), "");
}

TEST(file_calls, refuse_files_that_the_caller_cannot_name) {
  call_rig rig;
  rig.be(rig.robot());
  const document& file = rig.file_here();
  const auto error_with = [&](auto change) {
    api::upload::getFile ask;
    auto location = rig.location_of(file);
    change(location);
    ask.location = std::move(location);
    ask.limit = 4096;
    return rig.error_of(ask);
  };
  EXPECT_EQ(error_with([](auto&) {}), "");
  EXPECT_EQ(error_with([](auto& at) { at.id += 1; }), "400 FILE_ID_INVALID");
  EXPECT_EQ(error_with([](auto& at) { at.access_hash += 1; }), "400 FILE_ID_INVALID");
  EXPECT_EQ(error_with([](auto& at) { at.file_reference = {}; }), "400 FILE_REFERENCE_EMPTY");
  EXPECT_EQ(error_with([](auto& at) { at.file_reference = shared_bytes(bytes(21)); }),
            "400 FILE_REFERENCE_INVALID");
  EXPECT_EQ(error_with([&](auto&) { ++rig.content.reference_epoch; }),
            "400 FILE_REFERENCE_EXPIRED");
  EXPECT_EQ(error_with([](auto& at) { at.thumb_size = "m"; }), "400 LOCATION_INVALID");
  const auto elsewhere = part_of(rig, rig.file_elsewhere(), 0, 4096);
  EXPECT_EQ(rig.error_of(elsewhere), "303 FILE_MIGRATE_1");
  rig.be_nobody();
  EXPECT_EQ(rig.error_of(elsewhere), "401 AUTH_KEY_UNREGISTERED");
}

TEST(file_calls, expire_each_accounts_references_by_the_data_centres_clock) {
  const auto time = std::make_shared<time_point>(std::chrono::hours(1));
  cluster_options options;
  options.reference_time = [time] { return *time; };
  options.conditions.reference_lifetime = std::chrono::seconds(16);
  call_rig rig(std::move(options));
  const document& file = rig.file_here();
  const auto asked_by = [&](const account& who) {
    rig.be(who);
    return part_of(rig, file, 0, 4096);
  };
  const auto answer = [&](const account& who, const api::upload::getFile& ask) {
    rig.be(who);
    return rig.error_of(ask);
  };
  for (const account* who : {&rig.robot(), &rig.person()}) {
    const auto ask = asked_by(*who);
    int lived = 0;  // seconds
    while (answer(*who, ask).empty() && lived <= 16) {
      *time += std::chrono::seconds(1);
      ++lived;
    }
    EXPECT_LE(lived, 16);
    EXPECT_EQ(answer(*who, ask), "400 FILE_REFERENCE_EXPIRED");
    const auto anew = asked_by(*who);
    EXPECT_EQ(answer(*who, anew), "") << "what a message gives now";
    *time += std::chrono::seconds(15);
    EXPECT_EQ(answer(*who, anew), "") << "a whole lifetime, less a second";
    *time += std::chrono::seconds(1);
    EXPECT_EQ(answer(*who, anew), "400 FILE_REFERENCE_EXPIRED");
    EXPECT_EQ(answer(*who, ask), "400 FILE_REFERENCE_EXPIRED") << "for good";
  }
}

TEST(file_calls, give_the_hashes_of_a_file) {
  call_rig rig;
  rig.be(rig.robot());
  const bytes content = rig.folder.add("copy", 300'000);
  api::upload::getFileHashes ask;
  ask.location = rig.location_of(rig.file_here());
  const auto hashes = rig.result_of(ask);
  ASSERT_EQ(hashes.size(), 3U);
  for (const api::fileHash& one : hashes) {
    const auto piece = byte_view(content).subspan(static_cast<std::size_t>(one.offset),
                                                  static_cast<std::size_t>(one.limit));
    EXPECT_TRUE(std::ranges::equal(one.hash.view(), crypto::sha256(piece)));
  }
  ask.offset = -1;
  EXPECT_EQ(rig.error_of(ask), "400 OFFSET_INVALID");
}

}  // namespace
}  // namespace mtfetch::testing
