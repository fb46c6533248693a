// SPDX-License-Identifier: BSL-1.0
// What the flags of a filter understand, and what they refuse.
#include "examples/cli/filter_flags.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mtfetch::cli {
namespace {

TEST(filter_flags, moments_are_read) {
  constexpr std::int64_t now = 1'800'000'000;
  constexpr std::int64_t day = 1769817600;  // 2026-01-31
  const struct {
    const char* text;
    std::int64_t since;
    std::int64_t until;
  } cases[] = {
      {"2026-01-31", day, day + 86400},
      {"2026-01-31T10:00", day + 36000, day + 36000},
      {"2026-01-31 10:00:05", day + 36005, day + 36005},
      {"2026-01-31T23:59:59Z", day + 86399, day + 86399},
      {"2024-02-29", 1709164800, 1709251200},
      {"7d", now - 604800, now - 604800},
      {"2w", now - 1209600, now - 1209600},
      {"12h", now - 43200, now - 43200},
      {"90min", now - 5400, now - 5400},
      {"999999999w", 1, 1},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(moment_of(one.text, now, false), one.since) << one.text;
    EXPECT_EQ(moment_of(one.text, now, true), one.until) << one.text;
  }
  for (const char* text :
       {"", "7", "d", "7y", "-7d", "9999999999d", "2026-02-29", "2026-13-01", "2026-1-31",
        "26-01-31", "2026-01-31T", "2026-01-31T10", "2026-01-31T24:00", "2026-01-31T10:60",
        "2026-01-31T10:00x", "2026-01-31x", "1960-01-01", "tomorrow"}) {
    EXPECT_FALSE(moment_of(text, now, false)) << text;
  }
}

TEST(filter_flags, sizes_are_read) {
  const struct {
    const char* text;
    std::int64_t bytes;
  } cases[] = {{"0", 0},          {"1500", 1500},       {"1500B", 1500},
               {"1k", 1024},      {"1.5M", 1572864},    {"20 MiB", 20 << 20},
               {"1kB", 1000},     {"10MB", 10'000'000}, {"2GiB", 1LL << 31},
               {"2g", 1LL << 31}, {"1T", 1LL << 40}};
  for (const auto& one : cases) EXPECT_EQ(size_of(one.text), one.bytes) << one.text;
  for (const char* text :
       {"", "M", "-1", "1X", "1MBB", "1 M B", "nan", "inf", "1e9", "99999999999T", "0x10"}) {
    EXPECT_FALSE(size_of(text)) << text;
  }
}

TEST(filter_flags, kinds_are_read) {
  EXPECT_EQ(kinds_of("video,round,gif"),
            (std::vector{media_kind::video, media_kind::round_video, media_kind::animation}));
  for (const char* text : {"", "films", "video,", ",video", "video photo"}) {
    EXPECT_FALSE(kinds_of(text)) << text;
  }
}

// What the program's parser does with a command line.
class parsed {
 public:
  explicit parsed(std::vector<std::string> arguments) {
    add_filter_flags(app, filter);
    std::ranges::reverse(arguments);  // as CLI11 wants them
    app.parse(std::move(arguments));
  }
  CLI::App app;
  media_filter filter;
};

TEST(filter_flags, make_a_filter) {
  const parsed line({"--type", "photo", "--since", "2026-01-31", "--until", "2026-01-31",
                     "--min-size", "1k", "--max-size", "1M", "--name", "a$", "--caption", "^b",
                     "--limit", "3", "--reverse"});
  EXPECT_EQ(line.filter.kinds, std::vector{media_kind::photo});
  EXPECT_EQ(line.filter.until - line.filter.since, 86400);
  EXPECT_EQ(line.filter.min_size, 1024);
  EXPECT_EQ(line.filter.max_size, 1 << 20);
  EXPECT_TRUE(line.filter.name.found_in("ba"));
  EXPECT_FALSE(line.filter.name.found_in("ab"));
  EXPECT_FALSE(line.filter.caption.found_in("ab"));
  EXPECT_EQ(line.filter.limit, 3U);
  EXPECT_TRUE(line.filter.reverse);
}

TEST(filter_flags, name_what_cannot_be_understood) {
  const std::vector<std::vector<std::string>> lines = {
      {"--type", "films"},   {"--since", "soon"},  {"--until", "x"},
      {"--min-size", "big"}, {"--max-size", "-1"}, {"--name", "("},
      {"--caption", "["},    {"--limit", "0"},     {"--limit", "-1"}};
  for (const auto& line : lines) {
    try {
      const parsed made(line);
      ADD_FAILURE() << line[0] << ' ' << line[1] << " was taken";
    } catch (const CLI::ParseError& refused) {
      EXPECT_NE(std::string(refused.what()).find(line[0]), std::string::npos) << refused.what();
    }
  }
}

}  // namespace
}  // namespace mtfetch::cli
