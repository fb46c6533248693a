// SPDX-License-Identifier: BSL-1.0
// Whole downloads from the local data centre, over real sockets and real MTProto, with faults.
#include <mtfetch/download.hpp>
#include <mtfetch/resolve.hpp>

#include "tests/transfer/hashing_options.hpp"
#include "tests/transfer/local_cluster.hpp"

#include <utility>

namespace mtfetch {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t mib = 1024 * 1024;

class end_to_end : public download_test::local_cluster {
 protected:
  end_to_end() : large(tests::random_text(24 * mib + 4711, 9)) {
    serve({{"empty.bin", ""}, {"large.bin", large}, {"small.txt", "a few words"}});
    options.to = folder / "out" / "";  // a folder, though it is not there yet
  }
  static asio::awaitable<void> fetch(client* of, std::vector<std::string> links,
                                     download_options options, report* into) {
    std::vector<media> files;
    for (const std::string& link : links) {
      for (media& found : co_await resolve(*of, link)) files.push_back(std::move(found));
    }
    *into = co_await download(*of, std::move(files), std::move(options));
  }
  report fetch_all(std::vector<std::string> links) {
    report out;
    with_bot([&](client& of) { return fetch(&of, links, options, &out); });
    return out;
  }
  file_report fetch_large() {
    report out = fetch_all({"t.me/files/2"});
    EXPECT_EQ(out.files.size(), 1U);
    return out.files.empty() ? file_report() : std::move(out.files[0]);
  }
  void expect_large(const file_report& file) {
    ASSERT_TRUE(file.ok()) << file.error;
    EXPECT_EQ(file.size, static_cast<std::int64_t>(large.size()));
    EXPECT_TRUE(tests::read_file(file.path) == large);
  }

  std::string large;
  download_options options = tests::hashing_options();
};

TEST_F(end_to_end, fetches_whole_and_verified_files) {
  const report out = fetch_all({"t.me/files/1", "t.me/files/2", "t.me/files/3"});
  ASSERT_EQ(out.files.size(), 3U);
  EXPECT_TRUE(out.ok());
  EXPECT_EQ(fs::file_size(folder / "out" / "empty.bin"), 0U);
  EXPECT_EQ(tests::read_file(folder / "out" / "small.txt"), "a few words");
  EXPECT_EQ(out.files[2].sha256,
            "1e5f3f0abcbe4803a38d13c6b2ec81f6a064707d384e377ad2847197596d1407");
  expect_large(out.files[1]);
  EXPECT_EQ(out.files[1].verified, out.files[1].size);
  EXPECT_EQ(out.files[1].fetched, out.files[1].size);
}

TEST_F(end_to_end, a_corrupt_answer_is_repaired_alone) {
  fault_part(testing::corrupt_bytes{}, 5);
  const file_report file = fetch_large();
  expect_large(file);
  EXPECT_EQ(file.fetched, file.size + 131072);
}

TEST_F(end_to_end, answers_cut_short_empty_lost_late_and_refused_do_no_harm) {
  testing::cut_bytes cut;
  cut.keep = 1000;
  fault_part(cut, 3);
  fault_part(testing::cut_bytes{}, 5);
  fault_part(testing::drop_answer{}, 8);
  testing::delay_answer late;
  late.by = std::chrono::milliseconds(700);
  fault_part(late, 10);
  fault_part(error_answer(500, "RPC_CALL_FAIL"), 12, 3);
  fault(error_answer(500, "RPC_CALL_FAIL"), "upload.getFileHashes", 0, 2, 1);
  expect_large(fetch_large());
}

TEST_F(end_to_end, connections_reset_again_and_again_do_no_harm) {
  fault_part(testing::reset_connection{}, 4, 6, 0.5);
  expect_large(fetch_large());
}

TEST_F(end_to_end, garbage_from_the_server_does_no_harm) {
  fault_part(testing::garbage_packet{}, 4);
  fault_part(testing::garbage_answer{}, 9);
  expect_large(fetch_large());
}

TEST_F(end_to_end, a_flood_wait_is_waited_out) {
  fault_part(error_answer(420, "FLOOD_WAIT_1"), 6, 2);
  expect_large(fetch_large());
}

TEST_F(end_to_end, follows_the_file_to_its_data_centre) {
  with_bot([this](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await resolve(of, "t.me/files/2");
    files[0].dc = files[0].dc == 1 ? 4 : 1;
    report out = co_await download(of, files, options);
    expect_large(out.files[0]);
  });
}

TEST_F(end_to_end, reads_the_reference_anew_when_it_lapses) {
  with_bot([this](client& of) -> asio::awaitable<void> {
    const std::vector<media> files = co_await resolve(of, "t.me/files/2");
    cluster->dc().expire_file_references();
    report out = co_await download(of, files, options);
    expect_large(out.files[0]);
  });
  EXPECT_EQ(calls("channels.getMessages"), 2U) << "once for the link, once for all parts";
}

TEST_F(end_to_end, needs_no_hashes) {
  cluster->dc().faults().hide_hashes(true);
  const file_report file = fetch_large();
  expect_large(file);
  EXPECT_EQ(file.verified, 0);
}

TEST_F(end_to_end, goes_on_over_a_restart_of_the_server) {
  bool restarted = false;
  options.on_progress = [&](const progress&) {
    if (std::exchange(restarted, true)) return;
    cluster->restart();
  };
  expect_large(fetch_large());
  EXPECT_TRUE(restarted);
}

TEST_F(end_to_end, a_file_that_fails_is_told_and_resumed_later) {
  fault_part(error_answer(400, "LOCATION_INVALID"), 20, 0);
  const file_report failed = fetch_large();
  EXPECT_FALSE(failed.ok());
  EXPECT_NE(failed.error.find("large.bin"), std::string::npos);
  EXPECT_NE(failed.error.find("LOCATION_INVALID"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "out" / "large.bin"));
  EXPECT_TRUE(fs::exists(folder / "out" / "large.bin.part"));
  cluster->dc().faults().clear();
  const std::uint64_t before = cluster->dc().counted().bytes_served;
  const file_report again = fetch_large();
  expect_large(again);
  EXPECT_GT(again.resumed, 0);
  EXPECT_LT(cluster->dc().counted().bytes_served - before, large.size());
}

TEST_F(end_to_end, a_file_gone_from_its_message_is_told_in_words) {
  report out;
  with_bot([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await resolve(of, "t.me/files/2");
    files[0].origin.message_id = 999;
    cluster->dc().expire_file_references();
    out = co_await download(of, files, options);
  });
  ASSERT_EQ(out.files.size(), 1U);
  EXPECT_EQ(out.files[0].code, make_error_code(link_errc::not_found)) << out.files[0].error;
}

}  // namespace
}  // namespace mtfetch
