// SPDX-License-Identifier: BSL-1.0
// Files of a run under the names that a template gives: folders, collisions, resuming.
#include "tests/transfer/transfer_fixture.hpp"

#include <fstream>

namespace mtfetch::transfer {
namespace {

using names_of_runs = transfer_test;

std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_directory() || catalogue::is_own_name(entry.path().filename().string())) continue;
    found.insert(fs::relative(entry.path(), folder).generic_string());
  }
  return found;
}

TEST_F(names_of_runs, a_template_names_the_files_and_makes_folders) {
  options.names = name_template("{chat}/{n:02} {name}");
  std::vector<media> files = {server->add(1, 1000, "a.bin"), server->add(2, 2000, "b.bin"),
                              server->add(3, 3000, "c.bin")};
  files[0].chat_title = files[1].chat_title = "one";
  files[2].chat_title = "two/..";
  const ended done = run(files);
  ASSERT_TRUE(done.files);
  for (std::size_t i = 0; i < 3; ++i) {
    expect_right(done.files->files[i], static_cast<std::int64_t>(i + 1));
  }
  const std::set<std::string> right = {"one/01 a.bin", "one/02 b.bin", "two_/03 c.bin"};
  EXPECT_EQ(files_below(folder.path()), right);
}

TEST_F(names_of_runs, names_that_a_template_makes_alike_are_numbered_in_order) {
  options.names = name_template("{kind}.bin");
  const ended done = run({server->add(1, 1000, "a"), server->add(2, 2000, "b")});
  ASSERT_TRUE(done.files);
  EXPECT_EQ(done.files->files[0].path.filename(), "document.bin");
  EXPECT_EQ(done.files->files[1].path.filename(), "document (1).bin");
  expect_right(done.files->files[1], 2);
}

TEST_F(names_of_runs, an_interrupted_file_is_found_under_its_name_again) {
  options.names = name_template("{chat}/{n:02} {name}");
  media first = server->add(1, 1000, "a.bin");
  media file = server->add(2, 40 * mib, "b.bin");
  server->answer_time = std::chrono::milliseconds(5);
  first.chat_title = file.chat_title = "chat";
  asio::cancellation_signal* signal = nullptr;
  server->on_part = [&signal](std::size_t count, bytes&) {
    if (count == 20) signal->emit(asio::cancellation_type::terminal);
  };
  const ended stopped =
      run({first, file},
          [&signal](asio::io_context&, asio::cancellation_signal& cancel) { signal = &cancel; });
  ASSERT_TRUE(stopped.thrown);
  server->on_part = {};
  no_copies();
  const ended done = run({first, file});
  ASSERT_TRUE(done.files);
  const file_report& again = done.files->files[1];
  EXPECT_EQ(again.path, folder.path() / "chat" / "02 b.bin");
  EXPECT_GT(again.resumed, 0);
  expect_right(again, 2);
}

TEST_F(names_of_runs, a_folder_that_cannot_be_made_fails_its_files_only) {
  options.names = name_template("{chat}/{name}");
  std::ofstream(folder.path() / "taken") << "a file";
  std::vector<media> files = {server->add(1, 1000, "a.bin"), server->add(2, 2000, "b.bin")};
  files[0].chat_title = "taken";
  files[1].chat_title = "free";
  const ended done = run(files);
  ASSERT_TRUE(done.files);
  EXPECT_FALSE(done.files->files[0].ok());
  EXPECT_NE(done.files->files[0].error.find("cannot make the folder"), std::string::npos)
      << done.files->files[0].error;
  expect_right(done.files->files[1], 2);
}

TEST_F(names_of_runs, a_named_file_has_its_name_whatever_the_template) {
  options.names = name_template("{chat}/{id}");
  options.to = folder.path() / "wanted.bin";
  expect_right(run_one(server->add(1, 1000, "a.bin")), 1);
  EXPECT_EQ(files_below(folder.path()), std::set<std::string>{"wanted.bin"});
}

TEST_F(names_of_runs, files_of_a_supply_are_counted_through) {
  options.names = name_template("{n} {name}");
  std::vector<std::vector<media>> batches = {{server->add(1, 10, "a"), server->add(2, 20, "b")},
                                             {server->add(3, 30, "c")}};
  std::size_t next = 0;
  media_supply more = [&]() -> asio::awaitable<std::vector<media>> {
    if (next == batches.size()) co_return std::vector<media>();
    co_return batches[next++];
  };
  asio::io_context loop;
  asio::co_spawn(loop, transfer_supply(server->make_source(), more, options, settings),
                 [](const std::exception_ptr& failed, report) { EXPECT_FALSE(failed); });
  loop.run();
  const std::set<std::string> right = {"1 a", "2 b", "3 c"};
  EXPECT_EQ(files_below(folder.path()), right);
}

}  // namespace
}  // namespace mtfetch::transfer
