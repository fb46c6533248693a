// SPDX-License-Identifier: BSL-1.0
// NAME.info.json: what stands in it, when it is written, and what stays as it is.
#include "downloader/transfer/sidecar.hpp"

#include "tests/transfer/transfer_fixture.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace mtfetch::transfer {
namespace {

class sidecar : public transfer_test {
 protected:
  sidecar() {
    options.write_info = true;
    options.skip_fetched = true;
  }
  media film() {
    media file = server->add(1, 300'000, "film.mp4");
    file.kind = media_kind::video;
    file.mime_type = "video/mp4";
    file.access_hash = 7'777'777'777;
    file.origin.access_hash = 8'888'888'888;
    file.origin.link = "t.me/trips/42";
    file.origin.username = "trips";
    file.origin.channel_id = 1234;
    file.origin.message_id = 42;
    file.chat_title = "Trips";
    file.sender = "Ada";
    file.sender_id = 77;
    file.album = 5;
    file.caption = "By the \xff sea";
    file.caption_entities = {{"Bold", 0, 2, ""}, {"TextUrl", 3, 3, "https://example.org"}};
    file.date = 1769821261;
    file.duration = 12;
    file.width = 1920;
    file.height = 1080;
    return file;
  }
  nlohmann::json read(const std::string& name) const {
    return nlohmann::json::parse(tests::read_file(folder.path() / (name + ".info.json")));
  }
};

TEST_F(sidecar, says_where_a_file_came_from_and_what_it_is) {
  const file_report done = run_one(film());
  expect_right(done, 1);
  const nlohmann::json said = read("film.mp4");
  EXPECT_EQ(said["mtfetch_info"], 1);
  EXPECT_EQ(said["path"], "film.mp4");
  EXPECT_EQ(said["link"], "t.me/trips/42");
  EXPECT_EQ(said["chat"],
            nlohmann::json(
                {{"type", "channel"}, {"id", 1234}, {"title", "Trips"}, {"username", "trips"}}));
  EXPECT_EQ(said["message_id"], 42);
  EXPECT_EQ(said["sender"], nlohmann::json({{"id", 77}, {"name", "Ada"}}));
  EXPECT_EQ(said["date"], "2026-01-31T01:01:01Z");
  EXPECT_EQ(said["timestamp"], 1769821261);
  EXPECT_EQ(said["album"], 5);
  EXPECT_EQ(said["caption"], "By the \xef\xbf\xbd sea");
  ASSERT_EQ(said["caption_entities"].size(), 2U);
  EXPECT_EQ(said["caption_entities"][1]["url"], "https://example.org");
  EXPECT_EQ(said["caption_entities"][1]["offset"], 3);
  const nlohmann::json file = {{"name", "film.mp4"}, {"kind", "video"},  {"mime_type", "video/mp4"},
                               {"size", 300'000},    {"document_id", 1}, {"dc", 2},
                               {"width", 1920},      {"height", 1080},   {"duration", 12}};
  EXPECT_EQ(said["file"], file);
  EXPECT_EQ(said["sha256"], done.sha256);
  EXPECT_EQ(said["verification"]["verified_bytes"], 300'000);
  EXPECT_EQ(said["verification"]["whole"], true);
}

TEST_F(sidecar, holds_no_secret_and_leaves_nothing_beside_it) {
  run_one(film());
  const std::string text = tests::read_file(folder.path() / "film.mp4.info.json");
  EXPECT_EQ(text.find("7777777777"), std::string::npos);
  EXPECT_EQ(text.find("8888888888"), std::string::npos);
  EXPECT_EQ(text.find("reference"), std::string::npos);
  EXPECT_EQ(names(), (std::set<std::string>{"film.mp4", "film.mp4.info.json"}));
}

TEST_F(sidecar, is_written_for_a_file_that_is_there_already) {
  options.write_info = false;
  const file_report first = run_one(film());
  EXPECT_FALSE(fs::exists(folder.path() / "film.mp4.info.json"));
  options.write_info = true;
  EXPECT_TRUE(run_one(film()).already_there);
  const nlohmann::json said = read("film.mp4");
  EXPECT_EQ(said["sha256"], first.sha256) << "as the catalogue has it";
  EXPECT_EQ(said["verification"]["verified_bytes"], 300'000);
}

TEST_F(sidecar, says_so_where_nothing_was_verified) {
  options.verify = false;
  options.whole_file_sha256 = false;
  media story = film();
  story.origin.story_id = 9;
  story.origin.message_id = 0;
  run_one(story);
  const nlohmann::json said = read("film.mp4");
  EXPECT_EQ(said["verification"]["method"], "none");
  EXPECT_EQ(said["verification"]["whole"], false);
  EXPECT_FALSE(said.contains("sha256"));
  EXPECT_EQ(said["story_id"], 9);
  EXPECT_FALSE(said.contains("message_id"));
}

TEST_F(sidecar, one_that_is_there_stays) {
  const fs::path path = folder.path() / "film.mp4.info.json";
  for (const std::string& strange :
       {std::string("mine"), std::string("[]"), std::string(R"({"file":{"document_id":2}})"),
        std::string(200'000, '[')}) {
    std::ofstream(path) << strange;
    const file_report done = run_one(film());
    EXPECT_TRUE(done.ok());
    EXPECT_EQ(tests::read_file(path), strange);
    ASSERT_EQ(done.notes.size(), 1U);
    EXPECT_NE(done.notes[0].find("left as it is"), std::string::npos) << done.notes[0];
  }
  fs::remove(path);
  run_one(film());
  const std::string ours = tests::read_file(path);
  media other_message = film();
  other_message.origin.message_id = 50;
  EXPECT_TRUE(run_one(other_message).notes.empty());
  EXPECT_EQ(tests::read_file(path), ours);
}

TEST_F(sidecar, one_that_cannot_be_written_is_a_note) {
  settings.calls.open = [whole = settings.calls.open](const fs::path& path, int flags) {
    if (path.string().find(".info.json") == std::string::npos) return whole(path, flags);
    errno = ENOSPC;
    return -1;
  };
  const file_report done = run_one(film());
  EXPECT_TRUE(done.ok()) << done.error;
  ASSERT_EQ(done.notes.size(), 1U);
  EXPECT_NE(done.notes[0].find("info.json"), std::string::npos);
  EXPECT_EQ(names(), (std::set<std::string>{"film.mp4"}));
}

TEST_F(sidecar, what_a_kill_left_unfinished_is_written_anew) {
  std::ofstream(folder.path() / ".film.mp4.info.json.part") << std::string(100'000, 'x');
  run_one(film());
  EXPECT_EQ(read("film.mp4")["message_id"], 42);
  EXPECT_EQ(names(), (std::set<std::string>{"film.mp4", "film.mp4.info.json"}));
}

}  // namespace
}  // namespace mtfetch::transfer
