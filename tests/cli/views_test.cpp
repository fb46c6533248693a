// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "examples/cli/progress_view.hpp"
#include "examples/cli/quantities.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

progress half_way() {
  progress p;
  p.name = "a rather long name of a video that somebody sent.mp4";
  p.total = 256 << 20;
  p.done = 128 << 20;
  p.rate = 32e6;
  p.files = 1;
  return p;
}

TEST(bar, never_is_wider_than_the_terminal) {
  for (int width = 1; width < 200; ++width) {
    EXPECT_LT(display_width(bar_line(half_way(), width)), std::max(width, 2)) << width;
  }
}

TEST(bar, says_share_sizes_rate_and_time_left) {
  const std::string line = bar_line(half_way(), 120);
  for (const char* part : {"50%", "128.0 MiB / 256.0 MiB", "32.0 MB/s", "0:05 left", "####"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  }
}

TEST(bar, says_why_nothing_moves) {
  progress p = half_way();
  p.pause = "Telegram asks to wait, 12 s left";
  EXPECT_NE(bar_line(p, 120).find("wait, 12 s left"), std::string::npos);
}

TEST(quantities, read_as_people_write_them) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1536), "1.5 KiB");
  EXPECT_EQ(size_text(std::int64_t{5} << 30), "5.0 GiB");
  EXPECT_EQ(rate_text(0), "-");
  EXPECT_EQ(rate_text(12.3e6), "12.3 MB/s");
  EXPECT_EQ(time_text(7), "0:07");
  EXPECT_EQ(time_text(3723), "1:02:03");
  EXPECT_EQ(time_text(-1), "-");
}

TEST(terminal, text_from_outside_cannot_command_it) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\ufffd[31mb");
  EXPECT_EQ(printable("line\nline"), "line\ufffdline");
  EXPECT_EQ(printable("\u202e3pm.exe"), "\ufffd3pm.exe");
  EXPECT_EQ(printable("gr\u00fc\u00df"), "gr\u00fc\u00df");
  EXPECT_EQ(printable("bad \xff byte"), "bad \ufffd byte");
}

}  // namespace
}  // namespace mtfetch::cli
