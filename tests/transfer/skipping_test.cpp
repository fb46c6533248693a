// SPDX-License-Identifier: BSL-1.0
// What the folder has is not fetched again: by document, not by name.
#include "tests/transfer/transfer_fixture.hpp"

#include <fstream>

namespace mtfetch::transfer {
namespace {

class skipping : public transfer_test {
 protected:
  skipping() { options.skip_fetched = true; }
  void expect_skipped(const file_report& file, const fs::path& there) {
    EXPECT_TRUE(file.ok()) << file.error;
    EXPECT_TRUE(file.already_there);
    EXPECT_EQ(file.path, there);
    EXPECT_EQ(file.fetched, 0);
    EXPECT_EQ(file.resumed, file.size);
  }
  std::size_t parts() const { return server->part_requests; }
};

TEST_F(skipping, a_document_of_the_folder_is_not_asked_for_whatever_its_name_would_be) {
  media file = server->add(1, mib, "film.mp4");
  expect_right(run_one(file), 1);
  const std::size_t before = parts();
  progress last;
  options.on_progress = [&last](const progress& told) { last = told; };
  expect_skipped(run_one(file), folder.path() / "film.mp4");
  EXPECT_TRUE(last.finished);
  EXPECT_EQ(last.done, mib);
  file.file_name = "other.mp4";
  file.origin.message_id = 99;
  expect_skipped(run_one(file), folder.path() / "film.mp4");
  options.names = name_template("{chat}/{id}");
  file.chat_title = "chat";
  expect_skipped(run_one(file), folder.path() / "film.mp4");
  EXPECT_EQ(parts(), before);
  EXPECT_FALSE(fs::exists(folder.path() / "chat"));
}

TEST_F(skipping, what_a_template_put_into_folders_is_found_there) {
  media file = server->add(1, 1000, "film.mp4");
  file.chat_title = "chat";
  options.names = name_template("{chat}/{date:%Y}/{name}");
  file.date = 1769817600;
  expect_right(run_one(file), 1);
  options.names = name_template();
  expect_skipped(run_one(file), folder.path() / "chat" / "2026" / "film.mp4");
  options.to = folder.path() / "";  // the same folder
  expect_skipped(run_one(file), folder.path() / "chat" / "2026" / "film.mp4");
}

TEST_F(skipping, what_a_person_deleted_or_cut_is_fetched_again) {
  const media file = server->add(1, 1000, "film.mp4");
  expect_right(run_one(file), 1);
  fs::remove(folder.path() / "film.mp4");
  file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_FALSE(again.already_there);
  fs::resize_file(folder.path() / "film.mp4", 10);
  again = run_one(file);
  expect_right(again, 1);
  EXPECT_EQ(again.path.filename(), "film (1).mp4");
  expect_skipped(run_one(file), folder.path() / "film (1).mp4");
}

TEST_F(skipping, another_document_or_size_of_the_same_name_is_fetched) {
  expect_right(run_one(server->add(1, 1000, "a.jpg")), 1);
  expect_right(run_one(server->add(2, 1000, "a.jpg")), 2);
  media small = server->add(1, 1000, "a.jpg");
  small.thumb_size = "m";
  EXPECT_FALSE(run_one(small).already_there);
}

TEST_F(skipping, a_name_that_is_asked_for_is_made) {
  const media file = server->add(1, 1000, "film.mp4");
  expect_right(run_one(file), 1);
  options.to = folder.path() / "wanted.mp4";
  const file_report made = run_one(file);
  expect_right(made, 1);
  EXPECT_EQ(made.path, folder.path() / "wanted.mp4");
}

TEST_F(skipping, only_who_asks_for_it_skips) {
  const media file = server->add(1, 1000, "film.mp4");
  expect_right(run_one(file), 1);
  options.skip_fetched = false;
  EXPECT_EQ(run_one(file).path.filename(), "film (1).mp4");
}

TEST_F(skipping, a_catalogue_that_cannot_be_read_knows_nothing) {
  const media file = server->add(1, 1000, "film.mp4");
  expect_right(run_one(file), 1);
  std::ofstream(catalogue::path_of(folder.path()), std::ios::trunc) << std::string(5000, 'x');
  const file_report again = run_one(file);
  EXPECT_TRUE(again.ok()) << again.error;
  EXPECT_FALSE(again.already_there);
}

TEST_F(skipping, the_others_of_a_run_are_fetched) {
  const media here = server->add(1, 1000, "a");
  expect_right(run_one(here), 1);
  const ended done = run({here, server->add(2, 2000, "b"), server->add(3, 3000, "c")});
  ASSERT_TRUE(done.files);
  expect_skipped(done.files->files[0], folder.path() / "a");
  expect_right(done.files->files[1], 2);
  expect_right(done.files->files[2], 3);
}

}  // namespace
}  // namespace mtfetch::transfer
