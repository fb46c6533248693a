// SPDX-License-Identifier: BSL-1.0
// What the server does to a download: damage, refusals, waits, silence, lost ways.
#include "transfer_fixture.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace mtfetch::transfer {
namespace {

TEST_F(transfer_test, repairs_a_corrupt_part_alone) {
  server->on_part = [](std::size_t n, bytes& data) {
    if (n == 2) data[140'000] ^= 1U;
  };
  const file_report file = run_one(server->add(1, 4 * mib, "film.mp4"));
  expect_right(file, 1);
  EXPECT_EQ(server->parts.back().second, hash_window);
  EXPECT_EQ(file.fetched, 4 * mib + hash_window);
  ASSERT_FALSE(file.notes.empty());
}

TEST_F(transfer_test, names_a_range_that_stays_corrupt_and_keeps_the_rest) {
  server->on_part = [this](std::size_t n, bytes& data) {
    const std::int64_t at = server->parts[n].first;
    if (at <= mib && mib < at + static_cast<std::int64_t>(data.size())) {
      data[static_cast<std::size_t>(mib - at)] ^= 1U;
    }
  };
  const media file = server->add(1, 4 * mib, "film.mp4");
  const file_report failed = run_one(file);
  EXPECT_EQ(failed.code, make_error_code(storage_errc::hash_mismatch));
  EXPECT_NE(failed.error.find("bytes 1048576 to 1179647"), std::string::npos) << failed.error;
  EXPECT_NE(failed.error.find("film.mp4"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "film.mp4"));
  server->on_part = {};
  no_copies();
  const std::int64_t before = server->bytes_served;
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_GT(again.resumed, 0);
  EXPECT_LT(server->bytes_served - before, 4 * mib);
}

TEST_F(transfer_test, a_connection_whose_bytes_come_slowly_is_not_dead) {
  server->answer_time = std::chrono::milliseconds(400);
  settings.engine.first_answer = std::chrono::milliseconds(5);
  settings.engine.least_dead = std::chrono::milliseconds(5);
  settings.engine.retry = {std::chrono::milliseconds(1), std::chrono::milliseconds(10)};
  no_copies();
  const media file = server->add(1, 2 * mib, "film.mp4");
  // Without a sign of life each connection is given up before it can answer.
  EXPECT_EQ(run_one(file).code, make_error_code(transport_errc::timed_out));
  server->drips = true;
  const std::size_t before = server->opened;
  expect_right(run_one(file), 1);
  EXPECT_LE(server->opened - before, 8U);
}

TEST_F(transfer_test, follows_a_migration_once_and_remembers_it) {
  media file = server->add(1, 6 * mib, "film.mp4", 4);
  file.dc = 2;
  expect_right(run_one(file), 1);
  // Refused is what was under way when the first refusal came, a question for hashes included.
  EXPECT_LE(server->migrations, 8U * 2U + 1U);
}

TEST_F(transfer_test, refreshes_a_lapsed_reference_and_goes_on) {
  server->on_part = [this](std::size_t n, bytes&) {
    if (n == 5) server->wants_new_reference = true;
  };
  expect_right(run_one(server->add(1, 8 * mib, "film.mp4")), 1);
  EXPECT_EQ(server->refreshed, 1U);
}

TEST_F(transfer_test, a_message_that_is_gone_ends_the_file_in_words) {
  server->wants_new_reference = true;
  server->refresh_fails.emplace(make_error_code(link_errc::not_found),
                                "there is no message 1 (t.me/files/1)");
  const file_report failed = run_one(server->add(1, mib, "film.mp4"));
  EXPECT_EQ(failed.code, make_error_code(link_errc::not_found));
  EXPECT_EQ(failed.error, "film.mp4: there is no message 1 (t.me/files/1)");
}

TEST_F(transfer_test, a_short_or_empty_answer_is_never_the_end) {
  server->on_part = [](std::size_t n, bytes& data) {
    if (n == 1) data.resize(1000);
    if (n == 3) data.clear();
  };
  expect_right(run_one(server->add(1, 4 * mib, "film.mp4")), 1);
}

TEST_F(transfer_test, waits_out_a_flood_and_says_so) {
  server->on_part = [](std::size_t n, bytes&) {
    if (n == 2) throw rpc_error(rpc_failure::parse(420, "FLOOD_PREMIUM_WAIT_1"), "upload.getFile");
  };
  std::set<std::string> pauses;
  options.on_progress = [&pauses](const progress& seen) { pauses.insert(seen.pause); };
  expect_right(run_one(server->add(1, 4 * mib, "film.mp4")), 1);
  EXPECT_TRUE(
      pauses.contains("Telegram asks to wait 1 s (with Telegram Premium it would be less)"));
}

TEST_F(transfer_test, an_answer_that_never_comes_is_asked_for_again) {
  server->never_answers = [](std::size_t n) { return n == 3; };
  expect_right(run_one(server->add(1, 16 * mib, "film.mp4")), 1);
}

TEST_F(transfer_test, opens_a_lost_way_again) {
  server->on_open = [](std::size_t n) {
    if (n == 0) throw error(make_error_code(transport_errc::unreachable), "nobody listens");
  };
  expect_right(run_one(server->add(1, mib, "film.mp4")), 1);
}

TEST_F(transfer_test, gives_up_in_words_when_there_is_no_way) {
  settings.engine.retry.base = std::chrono::milliseconds(1);
  server->on_open = [](std::size_t) {
    throw error(make_error_code(transport_errc::unreachable), "nobody listens");
  };
  const file_report failed = run_one(server->add(1, mib, "film.mp4"));
  EXPECT_EQ(failed.code, make_error_code(transport_errc::unreachable));
  EXPECT_EQ(failed.error, "film.mp4: nobody listens");
  EXPECT_LT(server->opened, 10U);
}

TEST_F(transfer_test, a_file_that_fails_does_not_hold_up_the_others) {
  media gone = server->add(1, 1000, "gone.bin");
  gone.location = shared_bytes::copy(as_bytes("99:0"));
  const ended out = run({gone, server->add(2, 2 * mib, "here.bin")});
  ASSERT_TRUE(out.files);
  EXPECT_FALSE(out.files->ok());
  EXPECT_NE(out.files->files[0].error.find("LOCATION_INVALID"), std::string::npos);
  expect_right(out.files->files[1], 2);
}

TEST_F(transfer_test, hashes_that_a_server_lacks_are_a_note_and_no_error) {
  server->has_hashes = false;
  const file_report file = run_one(server->add(1, 2 * mib, "film.mp4"));
  expect_right(file, 1);
  EXPECT_EQ(file.verified, 0);
  ASSERT_EQ(file.notes.size(), 1U);
}

}  // namespace
}  // namespace mtfetch::transfer
