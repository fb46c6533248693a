// SPDX-License-Identifier: BSL-1.0
// File references that lapse while many files are fetched from the local data centre.
#include <mtfetch/download.hpp>
#include <mtfetch/resolve.hpp>

#include "tests/transfer/local_cluster.hpp"

#include <cstdio>
#include <utility>

namespace mtfetch {
namespace {

class lapsed_references : public download_test::local_cluster {
 protected:
  lapsed_references() {
    std::vector<std::pair<std::string, std::string>> files;
    for (unsigned i = 0; i < 200; ++i) {
      char name[16];
      std::snprintf(name, sizeof name, "f%03u.bin", i);  // messages are in the order of names
      files.emplace_back(name, tests::random_text(20'000 + i, i));
      links.push_back("t.me/files/" + std::to_string(i + 1));
    }
    serve(files);
    options.to = folder / "out" / "";
    options.on_part = [this](const part_statistics& one) {
      if (one.end == part_end::arrived && ++parts == 50) cluster->dc().expire_file_references();
    };
  }
  // Changes the origin of the file at this place, where one is given.
  report fetch_all(std::optional<std::size_t> loses_message = {}) {
    report out;
    with_bot([&](client& of) -> asio::awaitable<void> {
      std::vector<std::string> asked = links;
      std::vector<media> files;
      for (const resolved_link& one : co_await resolve(of, std::move(asked))) {
        files.push_back(one.files.at(0));
      }
      if (loses_message) files[*loses_message].origin.message_id = 999;
      looked_up = calls("channels.getMessages");
      out = co_await download(of, files, options);
    });
    return out;
  }
  std::uint64_t refreshes() { return calls("channels.getMessages") - looked_up; }
  void expect_whole(const file_report& file) const {
    ASSERT_TRUE(file.ok()) << file.error;
    EXPECT_TRUE(tests::read_file(file.path) ==
                tests::read_file(dc_options.serve / file.path.filename()));
  }

  std::vector<std::string> links;
  download_options options;
  std::size_t parts = 0;
  std::uint64_t looked_up = 0;
};

TEST_F(lapsed_references, in_the_middle_of_two_hundred_files_cost_a_call_for_a_hundred) {
  const report out = fetch_all();
  ASSERT_EQ(out.files.size(), 200U);
  for (const file_report& file : out.files) expect_whole(file);
  EXPECT_GE(refreshes(), 1U);
  EXPECT_LE(refreshes(), 2U) << "150 files are left";
}

TEST_F(lapsed_references, a_flood_wait_before_they_are_read_is_waited_out) {
  fault(error_answer(420, "FLOOD_WAIT_1"), "channels.getMessages", 0, 1, 2);
  const report out = fetch_all();
  EXPECT_EQ(looked_up, 2U);
  for (const file_report& file : out.files) expect_whole(file);
  EXPECT_LE(refreshes(), 3U);
}

TEST_F(lapsed_references, a_file_whose_message_is_gone_fails_alone) {
  const report out = fetch_all(190);
  ASSERT_EQ(out.files.size(), 200U);
  for (std::size_t i = 0; i < out.files.size(); ++i) {
    if (i != 190) expect_whole(out.files[i]);
  }
  EXPECT_EQ(out.files[190].code, make_error_code(link_errc::not_found));
  EXPECT_EQ(out.files[190].error, "f190.bin: there is no message 999 (t.me/files/191)");
  EXPECT_LE(refreshes(), 3U) << "once more for the one that waits";
}

}  // namespace
}  // namespace mtfetch
