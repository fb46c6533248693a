// SPDX-License-Identifier: BSL-1.0
// Statistics: one record for each request for a part, and the totals of a file.
#include "downloader/transfer/request_totals.hpp"
#include "downloader/transfer/transfer.hpp"
#include "fake_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

using engine::ending;
using engine::mib;
using std::chrono::milliseconds;
using std::chrono::seconds;

const time_point start = time_point(std::chrono::hours(5));

engine::request_end ended(ending how, duration sent, duration end, std::int32_t size = 1000,
                          unsigned connection = 1) {
  engine::request_end one;
  one.connection = engine::connection_id{connection};
  one.dc = 2;
  one.what.size = size;
  one.how = how;
  one.received = how == ending::arrived ? size : 0;
  one.wanted = start;
  one.sent = start + sent;
  one.ended = start + end;
  return one;
}

TEST(request_totals, of_nothing_are_nothing) {
  const file_statistics none = request_totals().totals();
  EXPECT_EQ(none.parts, 0U);
  EXPECT_EQ(none.average_rate, 0);
  EXPECT_EQ(none.peak_rate, 0);
}

TEST(request_totals, count_by_how_requests_ended) {
  request_totals sum;
  sum.add(ended(ending::arrived, seconds(0), seconds(1), 1000, 1));
  sum.add(ended(ending::arrived, seconds(0), seconds(1), 500, 3));
  for (const ending how : {ending::unfit, ending::moved, ending::reference, ending::refused,
                           ending::lost, ending::beaten, ending::replaced, ending::dropped}) {
    sum.add(ended(how, seconds(0), seconds(1), 1000, 7));
  }
  engine::request_end copy = ended(ending::arrived, seconds(0), seconds(1), 10, 1);
  copy.hedge = true;
  sum.add(copy);
  copy.how = ending::beaten;
  sum.add(copy);
  const file_statistics seen = sum.totals();
  EXPECT_EQ(seen.parts, 3U);
  EXPECT_EQ(seen.bytes, 1510);
  EXPECT_EQ(seen.retries, 5U);
  EXPECT_EQ(seen.hedges, 2U);
  EXPECT_EQ(seen.hedges_won, 1U);
  EXPECT_EQ(seen.connections, 2U) << "those that brought something";
  EXPECT_EQ(seen.floods, 0U);
}

TEST(request_totals, count_the_seconds_of_overlapping_floods_once) {
  request_totals sum;
  const auto flood = [&](duration when, std::int32_t asked) {
    engine::request_end one = ended(ending::flood, seconds(0), when);
    one.flood_seconds = asked;
    sum.add(one);
  };
  flood(seconds(0), 4);
  flood(seconds(1), 4);   // one second more
  flood(seconds(2), 1);   // within
  flood(seconds(20), 3);  // another
  EXPECT_DOUBLE_EQ(sum.totals().flood_seconds, 8);
  EXPECT_EQ(sum.totals().floods, 4U);
  EXPECT_EQ(sum.totals().retries, 0U) << "a flood wait is no failure";
}

TEST(request_totals, know_the_average_and_the_best_second) {
  request_totals sum;
  // 1000 bytes a second for four seconds, then 9000 in one.
  for (int i = 0; i < 4; ++i) sum.add(ended(ending::arrived, seconds(i), seconds(i + 1), 1000));
  for (int i = 0; i < 9; ++i) {
    sum.add(ended(ending::arrived, seconds(4), seconds(4) + milliseconds(112 * (i + 1)), 1000));
  }
  EXPECT_NEAR(sum.totals().average_rate, 13000 / 5.008, 1);
  EXPECT_NEAR(sum.totals().peak_rate, 9000 / 1.008, 1);
}

TEST(request_totals, of_less_than_a_second_peak_at_their_average) {
  request_totals sum;
  sum.add(ended(ending::arrived, seconds(0), milliseconds(500), 1000));
  EXPECT_DOUBLE_EQ(sum.totals().average_rate, 2000);
  EXPECT_DOUBLE_EQ(sum.totals().peak_rate, 2000);
}

TEST(part_statistics, are_told_in_microseconds_since_the_download_began) {
  engine::request_end one = ended(ending::flood, milliseconds(40), milliseconds(70));
  one.wanted = start + milliseconds(15);
  one.flood_seconds = 3;
  one.why = "FLOOD_WAIT_3";
  one.attempts = 2;
  const part_statistics told = statistics_of(one, 5, start);
  EXPECT_EQ(told.file, 5U);
  EXPECT_EQ(told.sent_at, milliseconds(40));
  EXPECT_EQ(told.queued, milliseconds(25));
  EXPECT_EQ(told.round_trip, milliseconds(30));
  EXPECT_EQ(told.end, part_end::flood);
  EXPECT_EQ(told.flood_seconds, 3);
  EXPECT_EQ(told.attempt, 2);
  EXPECT_EQ(told.why, "FLOOD_WAIT_3");
}

TEST(part_statistics, every_end_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(part_end::dropped); ++i) {
    names.insert(to_string(static_cast<part_end>(i)));
  }
  EXPECT_EQ(names.size(), 10U);
}

class statistics_test : public testing::Test {
 protected:
  statistics_test() {
    options.to = folder.path();
    options.on_part = [this](const part_statistics& one) { told.push_back(one); };
  }
  std::vector<file_report> run(std::vector<media> files) {
    asio::io_context loop;
    std::optional<report> out;
    const auto done = [&](const std::exception_ptr& failed, report made) {
      if (!failed) out = std::move(made);
    };
    asio::co_spawn(loop, transfer_files(server->make_source(), std::move(files), options, settings),
                   done);
    loop.run_for(seconds(60));
    EXPECT_TRUE(out);
    return out ? std::move(out->files) : std::vector<file_report>(1);
  }
  std::size_t count(part_end how) const {
    return static_cast<std::size_t>(std::ranges::count(told, how, &part_statistics::end));
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options;
  transfer_settings settings;
  std::vector<part_statistics> told;
};

TEST_F(statistics_test, each_byte_arrives_in_one_part) {
  const auto files = run({server->add(1, 5 * mib + 77, "a.bin"), server->add(2, 0, "b.bin"),
                          server->add(3, mib, "c.bin", 4)});
  std::vector<std::int64_t> bytes(3);
  for (const part_statistics& one : told) {
    EXPECT_GE(one.queued.count(), 0);
    EXPECT_GE(one.round_trip.count(), 0);
    EXPECT_GE(one.sent_at.count(), 0);
    EXPECT_GT(one.connection, 0U);
    if (one.end != part_end::arrived) continue;
    EXPECT_EQ(one.dc, one.file == 2 ? 4 : 2);
    EXPECT_EQ(one.received, one.size);
    EXPECT_EQ(one.why, "");
    bytes.at(one.file) += one.received;
  }
  EXPECT_EQ(bytes, (std::vector<std::int64_t>{5 * mib + 77, 0, mib}));
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_TRUE(files[i].ok()) << files[i].error;
    EXPECT_EQ(files[i].totals.bytes, files[i].fetched);
    EXPECT_EQ(files[i].totals.bytes, bytes[i]);
  }
  EXPECT_EQ(files[0].totals.parts + files[2].totals.parts, count(part_end::arrived));
  EXPECT_GT(files[0].totals.average_rate, 0);
  EXPECT_GE(files[0].totals.peak_rate, files[0].totals.average_rate);
  EXPECT_GE(files[0].totals.connections, 1U);
  EXPECT_EQ(files[1].totals.parts, 0U);
}

TEST_F(statistics_test, what_went_wrong_is_told_with_its_reason) {
  server->on_part = [](std::size_t n, bytes& data) {
    if (n == 1) throw rpc_error(rpc_failure::parse(500, "RPC_CALL_FAIL"), "upload.getFile");
    if (n == 2) data.resize(10);
    if (n == 3) throw rpc_error(rpc_failure::parse(420, "FLOOD_WAIT_1"), "upload.getFile");
  };
  const auto files = run({server->add(1, 8 * mib, "a.bin")});
  ASSERT_TRUE(files[0].ok()) << files[0].error;
  EXPECT_EQ(count(part_end::refused), 1U);
  EXPECT_EQ(count(part_end::unfit), 1U);
  EXPECT_EQ(count(part_end::flood), 1U);
  for (const part_statistics& one : told) {
    if (one.end == part_end::refused) {
      EXPECT_EQ(one.why, "RPC_CALL_FAIL");
    }
    if (one.end == part_end::unfit) {
      EXPECT_EQ(one.received, 10);
    }
    if (one.end == part_end::flood) {
      EXPECT_EQ(one.flood_seconds, 1);
    }
  }
  EXPECT_TRUE(std::ranges::any_of(told, [](const part_statistics& one) {
    return one.end == part_end::arrived && one.attempt == 1;
  }));
  EXPECT_EQ(files[0].totals.retries, 2U);
  EXPECT_EQ(files[0].totals.floods, 1U);
  EXPECT_DOUBLE_EQ(files[0].totals.flood_seconds, 1);
}

TEST_F(statistics_test, repairs_are_marked_and_counted) {
  server->on_part = [](std::size_t n, bytes& data) {
    if (n == 1) data[5] ^= 1U;
  };
  const auto files = run({server->add(1, 4 * mib, "a.bin")});
  ASSERT_TRUE(files[0].ok()) << files[0].error;
  EXPECT_EQ(files[0].totals.repaired, 1U);
  const auto repairs = std::ranges::count_if(told, [](const auto& one) { return one.repair; });
  EXPECT_EQ(repairs, 1);
}

TEST_F(statistics_test, a_file_that_fails_has_its_totals_as_well) {
  server->on_part = [](std::size_t n, bytes&) {
    if (n == 2) throw rpc_error(rpc_failure::parse(400, "LOCATION_INVALID"), "upload.getFile");
  };
  const auto files = run({server->add(1, 8 * mib, "a.bin")});
  EXPECT_FALSE(files[0].ok());
  EXPECT_EQ(files[0].totals.retries, 1U);
  EXPECT_EQ(files[0].totals.bytes, files[0].fetched);
  EXPECT_EQ(told.size(), server->part_requests) << "each request has ended, and was told";
}

TEST_F(statistics_test, totals_need_nobody_who_listens) {
  options.on_part = nullptr;
  const auto files = run({server->add(1, 2 * mib, "a.bin")});
  EXPECT_EQ(files[0].totals.bytes, 2 * mib);
  EXPECT_TRUE(told.empty());
}

}  // namespace
}  // namespace mtfetch::transfer
