// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include <mtfetch/error.hpp>

#include "mtproto/testing/world/access_keys.hpp"
#include "mtproto/testing/world/catalogue.hpp"
#include "mtproto/testing/world/file_hashes.hpp"
#include "mtproto/testing/world/part_rules.hpp"
#include "mtproto/testing/world/sign_in_codes.hpp"
#include "mtproto/testing/world/video_facts.hpp"
#include "tests/testing/scripted_client.hpp"
#include "tests/testing/served_folder.hpp"

namespace mtfetch::testing {
namespace {

using std::string_view;

string_view verdict(std::int64_t offset, std::int32_t limit, part_mode mode) {
  return refuse_part(offset, limit, mode).value_or("fine");
}

TEST(part_rules, are_telegrams_in_normal_mode) {
  constexpr auto normal = part_mode::normal;
  constexpr std::int32_t mib = 1 << 20;
  EXPECT_EQ(verdict(0, 4096, normal), "fine");
  EXPECT_EQ(verdict(4096, 4096, normal), "fine");
  EXPECT_EQ(verdict(0, mib, normal), "fine");
  EXPECT_EQ(verdict(std::int64_t{5} << 32, mib, normal), "fine");
  EXPECT_EQ(verdict(mib - 131072, 131072, normal), "fine");
  EXPECT_EQ(verdict(1024, 4096, normal), "OFFSET_INVALID");
  EXPECT_EQ(verdict(-4096, 4096, normal), "OFFSET_INVALID");
  EXPECT_EQ(verdict(std::numeric_limits<std::int64_t>::max() & ~4095, 4096, normal),
            "OFFSET_INVALID");
  EXPECT_EQ(verdict(0, 0, normal), "LIMIT_INVALID");
  EXPECT_EQ(verdict(0, -4096, normal), "LIMIT_INVALID");
  EXPECT_EQ(verdict(0, 1024, normal), "LIMIT_INVALID");
  EXPECT_EQ(verdict(0, 3 * 4096, normal), "LIMIT_INVALID") << "does not divide 1 MiB";
  EXPECT_EQ(verdict(0, 2 * mib, normal), "LIMIT_INVALID");
  EXPECT_EQ(verdict(mib - 4096, 8192, normal), "LIMIT_INVALID") << "crosses a window";
}

TEST(part_rules, are_telegrams_in_precise_mode) {
  constexpr auto precise = part_mode::precise;
  constexpr std::int32_t mib = 1 << 20;
  EXPECT_EQ(verdict(1024, 1024, precise), "fine");
  EXPECT_EQ(verdict(0, 3 * 4096, precise), "fine");
  EXPECT_EQ(verdict(0, mib, precise), "fine");
  EXPECT_EQ(verdict(512, 1024, precise), "OFFSET_INVALID");
  EXPECT_EQ(verdict(0, 1000, precise), "LIMIT_INVALID");
  EXPECT_EQ(verdict(1024, mib, precise), "LIMIT_INVALID") << "crosses a window";
  EXPECT_EQ(verdict(0, mib + 1024, precise), "LIMIT_INVALID");
}

TEST(catalogue, numbers_the_files_of_a_folder_by_name) {
  const served_folder folder;
  folder.add("b.bin", 10);
  folder.add("a.mp3", 20);
  folder.add(".hidden", 5);
  folder.add("other/inside.bin", 5);
  const catalogue made(folder.path(), "files", "private", {1, 2});
  ASSERT_EQ(made.chats().size(), 1U);
  const chat* chat = made.find_username("FILES");
  ASSERT_NE(chat, nullptr);
  ASSERT_EQ(chat->posts.size(), 2U);
  EXPECT_EQ(made.document_of(*chat->find(1)).name, "a.mp3");
  EXPECT_EQ(made.document_of(*chat->find(1)).mime_type, "audio/mpeg");
  EXPECT_EQ(made.document_of(*chat->find(1)).dc, 1);
  EXPECT_EQ(made.document_of(*chat->find(2)).dc, 2);
  EXPECT_EQ(chat->find(0), nullptr);
  EXPECT_EQ(chat->find(3), nullptr);
  EXPECT_EQ(chat->find(-1), nullptr);
  EXPECT_EQ(made.find_username("nobody"), nullptr);
}

TEST(catalogue, has_a_private_channel_for_the_sub_folder) {
  const served_folder folder;
  folder.add("a.bin", 1);
  folder.add("private/secret.bin", 2);
  const catalogue made(folder.path(), "files", "private", {1, 2, 3});
  ASSERT_EQ(made.chats().size(), 2U);
  const chat& closed = made.chats()[1];
  EXPECT_FALSE(closed.is_public());
  ASSERT_EQ(closed.posts.size(), 1U);
  EXPECT_EQ(made.document_of(closed.posts[0]).name, "secret.bin");
  EXPECT_EQ(made.find_username(""), nullptr);
}

TEST(catalogue, gives_a_changed_file_another_document) {
  const served_folder folder;
  folder.add("a.bin", 10);
  const std::int64_t before = catalogue(folder.path(), "files", "", {1}).documents().front().id;
  EXPECT_EQ(catalogue(folder.path(), "files", "", {1}).documents().front().id, before);
  folder.add("a.bin", 11);
  EXPECT_NE(catalogue(folder.path(), "files", "", {1}).documents().front().id, before);
}

TEST(catalogue, names_a_folder_that_cannot_be_read) {
  try {
    catalogue("/nowhere/at/all", "files", "", {1});
    FAIL();
  } catch (const error& refused) {
    EXPECT_NE(string_view(refused.what()).find("/nowhere/at/all"), string_view::npos);
  }
}

TEST(video_facts, are_read_from_an_mp4) {
  const auto facts = read_video_facts(MTFETCH_TEST_DATA "/../../examples/media/clip.mp4");
  ASSERT_TRUE(facts);
  EXPECT_GT(facts->seconds, 0.5);
  EXPECT_LT(facts->seconds, 600);
  EXPECT_GE(facts->width, 16);
  EXPECT_GE(facts->height, 16);
}

TEST(video_facts, are_absent_where_there_is_no_video) {
  const served_folder folder;
  folder.add("noise.mp4", 5000);
  folder.add("empty.mp4", 0);
  EXPECT_FALSE(read_video_facts(folder.path() / "noise.mp4"));
  EXPECT_FALSE(read_video_facts(folder.path() / "empty.mp4"));
  EXPECT_FALSE(read_video_facts(folder.path() / "missing.mp4"));
}

TEST(access_keys, differ_by_account_kind_and_object) {
  const access_keys keys({1});
  const std::int64_t hash = keys.access_hash(1, object_kind::channel, 2);
  EXPECT_EQ(hash, keys.access_hash(1, object_kind::channel, 2));
  EXPECT_NE(hash, keys.access_hash(3, object_kind::channel, 2));
  EXPECT_NE(hash, keys.access_hash(1, object_kind::document, 2));
  EXPECT_NE(hash, keys.access_hash(1, object_kind::channel, 4));
  EXPECT_NE(hash, access_keys({2}).access_hash(1, object_kind::channel, 2));
}

TEST(access_keys, know_their_file_references) {
  const access_keys keys({1});
  const bytes reference = keys.file_reference(7, 1);
  EXPECT_EQ(keys.check(reference, 7, 1), reference_state::good);
  EXPECT_EQ(keys.check(reference, 7, 2), reference_state::expired);
  EXPECT_EQ(keys.check(reference, 7, 1 + (1ULL << 32U)), reference_state::expired);
  EXPECT_EQ(keys.check(reference, 8, 1), reference_state::invalid);
  EXPECT_EQ(keys.check({}, 7, 1), reference_state::empty);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    bytes changed = reference;
    changed[i] ^= 1;
    EXPECT_EQ(keys.check(changed, 7, 1), reference_state::invalid);
  }
  EXPECT_EQ(keys.check(byte_view(reference).first(8), 7, 1), reference_state::invalid);
}

TEST(file_hashes, are_of_the_files_bytes_in_blocks_of_128_kib) {
  const served_folder folder;
  const bytes content = folder.add("a.bin", 300'000);
  const catalogue made(folder.path(), "files", "", {1});
  open_files files;
  file_hashes hashes(files, {});
  const auto blocks = hashes.from(made.documents().front(), 131072 + 5);
  ASSERT_EQ(blocks.size(), 2U) << "from the block that holds the offset on";
  EXPECT_EQ(blocks[0].offset, 131072);
  EXPECT_EQ(blocks[0].size, 131072);
  EXPECT_EQ(blocks[0].digest, crypto::sha256(byte_view(content).subspan(131072, 131072)));
  EXPECT_EQ(blocks[1].size, 300'000 - 2 * 131072);
  EXPECT_EQ(blocks[1].digest, crypto::sha256(byte_view(content).subspan(2 * 131072)));
  EXPECT_TRUE(hashes.from(made.documents().front(), 300'000).empty());
}

TEST(file_hashes, are_computed_once_and_come_from_the_shelf_after_that) {
  const served_folder folder;
  folder.add("a.bin", 300'000);
  const catalogue made(folder.path(), "files", "", {1});
  const document& file = made.documents().front();
  open_files files;
  bytes stored;
  int saves = 0;
  hash_shelf shelf;
  shelf.save = [&](std::int64_t, std::int64_t, byte_view digests) {
    ++saves;
    stored.assign(digests.begin(), digests.end());
  };
  shelf.load = [&](std::int64_t, std::int64_t) { return stored; };
  const auto first = file_hashes(files, shelf).from(file, 0);
  const auto second = file_hashes(files, shelf).from(file, 0);
  EXPECT_EQ(saves, 1);
  ASSERT_EQ(first.size(), 3U);
  ASSERT_EQ(second.size(), 3U);
  EXPECT_EQ(first[2].digest, second[2].digest);
}

TEST(sign_in_codes, end_after_a_while_and_after_wrong_tries) {
  sign_in_codes codes(seeded(1));
  const std::string hash = codes.send("15550001", 1000);
  EXPECT_NE(codes.find(hash, "15550001", 1001), nullptr);
  EXPECT_EQ(codes.find(hash, "15550002", 1001), nullptr);
  EXPECT_EQ(codes.find("other", "15550001", 1001), nullptr);
  EXPECT_EQ(codes.find(hash, "15550001", 2000), nullptr);
  codes.find(hash, "15550001", 1001)->wrong_tries = 5;
  EXPECT_EQ(codes.find(hash, "15550001", 1001), nullptr);
}

TEST(sign_in_codes, carry_an_authorization_once_to_one_data_centre) {
  sign_in_codes codes(seeded(1));
  bytes token = codes.export_for(42, 7, 4, 1000);
  EXPECT_FALSE(codes.import_at(token, 42, 2, 1001));
  token = codes.export_for(42, 7, 4, 1000);
  EXPECT_FALSE(codes.import_at(token, 43, 4, 1001));
  token = codes.export_for(42, 7, 4, 1000);
  EXPECT_FALSE(codes.import_at(token, 42, 4, 1100)) << "too late";
  token = codes.export_for(42, 7, 4, 1000);
  EXPECT_EQ(codes.import_at(token, 42, 4, 1001), 7);
  EXPECT_FALSE(codes.import_at(token, 42, 4, 1001)) << "once only";
}

}  // namespace
}  // namespace mtfetch::testing
