// SPDX-License-Identifier: BSL-1.0
// Holds the tree to the plan: arrows between rooms go down only, machines without I/O stay so, and
// the coroutine rule of .github/CONTRIBUTING.md is kept.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path root = MTFETCH_SOURCE_DIR;

using names = std::set<std::string>;

names with(names a, const names& b) {
  a.insert(b.begin(), b.end());
  return a;
}

// Who may name whom. A room may always name itself; "generated" is what tlgen writes.
const names base = {"base"};
const names floor1 = with(base, {"tl", "crypto", "generated"});
const names floor2 = with(floor1, {"transport", "handshake", "session"});
const names floor3 = with(floor2, {"net", "client"});
const names floor4 = with(base, {"engine", "journal", "catalogue", "sink"});
const std::map<std::string, names> may_name = {
    {"base", {}},
    {"tl", with(base, {"generated"})},  // only the formatter names the emitted table
    {"crypto", base},
    {"transport", with(base, {"tl", "crypto"})},
    {"handshake", floor1},
    {"session", floor1},
    {"net", floor2},
    {"client", with(floor2, {"net"})},
    {"network_model", with(base, {"session"})},  // its queue
    {"testing", with(floor2, {"net", "network_model"})},
    {"engine", base},
    {"simulation", with(base, {"engine", "network_model"})},
    {"journal", with(base, {"engine"})},
    {"catalogue", with(base, {"engine", "journal"})},  // its window_record, its SQLite wrapper
    {"sink", base},
    {"transfer", with(with(floor3, floor4), {})},
    {"resolve", with(with(floor3, floor4), {"transfer"})},
    {"verify", with(with(floor3, floor4), {"transfer", "resolve"})},
    {"codegen", {}},
};

const names without_io = {"base",    "tl",     "crypto",        "transport", "handshake",
                          "session", "engine", "network_model", "simulation"};

// Which room a public header belongs to; one that is not listed is an error of this table.
// clang-format off: one a line, so that two branches that add one do not meet
const std::map<std::string, std::string> public_headers = {
    {"bytes.hpp", "base"},
    {"shared_bytes.hpp", "base"},
    {"result.hpp", "base"},
    {"error.hpp", "base"},
    {"instant.hpp", "base"},
    {"network.hpp", "net"},
    {"peer_kind.hpp", "base"},
    {"proxy.hpp", "net"},
    {"config.hpp", "client"},
    {"client.hpp", "client"},
    {"channel.hpp", "client"},
    {"peers.hpp", "client"},
    {"testing.hpp", "testing"},
    {"download.hpp", "transfer"},
    {"media.hpp", "base"},
    {"link.hpp", "resolve"},
    {"resolve.hpp", "resolve"},
    {"mtfetch.hpp", "verify"},
    {"verify.hpp", "verify"},
    {"byte_sink.hpp", "base"},
    {"target.hpp", "transfer"},
    {"live_file.hpp", "transfer"},
    {"invoke.hpp", "client"},
    {"sign_in.hpp", "client"},
    {"updates.hpp", "client"},
    {"network_conditions.hpp", "network_model"},
    {"takeout.hpp", "client"},
    {"foreign_session.hpp", "client"},
    {"statistics.hpp", "transfer"},
    {"name_template.hpp", "transfer"},
    {"media_filter.hpp", "transfer"},
    {"resolve_options.hpp", "resolve"},
    {"testing_world.hpp", "testing"},
    {"web_preview.hpp", "resolve"},
};
// clang-format on

std::string room_of(const std::string& path) {
  static const std::regex room(R"(^(?:mtproto|downloader)/([a-z_]+)/.*)");
  static const std::regex header(R"(^(?:mtproto|downloader)/include/mtfetch/(.*))");
  std::smatch match;
  if (std::regex_match(path, match, header)) {
    const auto found = public_headers.find(match[1]);
    return found == public_headers.end() ? "" : found->second;
  }
  // A room within a room: without I/O, so that the engine's tests may link it.
  if (path.starts_with("mtproto/testing/network/")) return "network_model";
  if (std::regex_match(path, match, room)) return match[1];
  if (path.starts_with("codegen/")) return "codegen";
  return "";
}

std::string room_of_include(const std::string& name) {
  if (name.starts_with("mtfetch/api") || name.starts_with("mtfetch/layer") ||
      name == "mtfetch/mtproto_types.hpp" || name.starts_with("mtfetch/mtproto/") ||
      name.starts_with("mtfetch/compat")) {
    return "generated";
  }
  if (name.starts_with("mtfetch/")) {
    const auto found = public_headers.find(name.substr(8));
    return found == public_headers.end() ? "" : found->second;
  }
  return room_of(name);
}

struct source {
  std::string path;  // from the root
  std::vector<std::string> lines;
};

std::vector<source> sources(const std::vector<std::string>& folders) {
  std::vector<source> found;
  for (const auto& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      source file{fs::relative(entry.path(), root).generic_string(), {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) file.lines.push_back(line);
      found.push_back(std::move(file));
    }
  }
  return found;
}

TEST(layout, arrows_between_rooms_go_down_only) {
  static const std::regex include(
      R"re(^\s*#include [<"]((?:mtfetch|mtproto|downloader)/[^>"]+)[>"])re");
  std::size_t seen = 0;
  for (const auto& file : sources({"mtproto", "downloader", "codegen"})) {
    const auto from = room_of(file.path);
    ASSERT_TRUE(may_name.contains(from)) << file.path << ": which room is this?";
    for (const auto& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      ++seen;
      const auto to = room_of_include(match[1]);
      EXPECT_NE(to, "") << file.path << " includes " << match[1] << ", which is in no room";
      EXPECT_TRUE(to == from || may_name.at(from).contains(to))
          << file.path << " includes " << match[1] << ": " << from << " may not name " << to;
    }
  }
  EXPECT_GT(seen, 100u) << "the includes were not found at all";
}

TEST(layout, state_machines_hold_no_io_no_clock_no_threads) {
  static const std::regex io(
      R"(#include <(asio|thread|future|fstream|unistd|fcntl|sys/(?!auxv)|sqlite|ctime)|_clock::now\()");
  for (const auto& file : sources({"mtproto", "downloader"})) {
    if (!without_io.contains(room_of(file.path))) continue;
    for (const auto& line : file.lines) {
      EXPECT_FALSE(std::regex_search(line, io)) << file.path << ": " << line;
    }
  }
}

TEST(layout, no_temporary_aggregate_or_capturing_lambda_in_an_await) {
  static const std::regex rule(
      R"(co_await [^;]*(\(\{|\{\.|\[[&=a-z][^\]]*\]\s*[({])|auto \[.*=\s*co_await)");
  for (const auto& file : sources({"mtproto", "downloader", "examples", "tests", "bench"})) {
    if (file.path.starts_with("tests/layout/")) continue;
    for (const auto& line : file.lines) {
      EXPECT_FALSE(std::regex_search(line, rule)) << file.path << ": " << line;
    }
  }
}

TEST(layout, the_top_level_is_the_plan) {
  const names plan = {"CMakeLists.txt", "README.md",  "LICENSE",  "mtproto", "tl-schema",
                      "codegen",        "downloader", "examples", "tests",   "bench"};
  for (const auto& entry : fs::directory_iterator(root)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(".") || name.starts_with("build")) continue;
    EXPECT_TRUE(plan.contains(name)) << name << " is not in the plan of the top level";
  }
}

TEST(layout, no_file_is_a_drawer_for_anything) {
  static const std::regex drawer(R"((^|/)(util|utils|common|helper|helpers|misc)[./_])");
  for (const auto& file :
       sources({"mtproto", "downloader", "codegen", "examples", "tests", "bench"})) {
    EXPECT_FALSE(std::regex_search(file.path, drawer)) << file.path;
  }
}

TEST(layout, every_room_says_what_it_is) {
  for (const auto& top : {"mtproto", "downloader"}) {
    for (const auto& entry : fs::directory_iterator(root / top)) {
      if (!entry.is_directory() || entry.path().filename() == "include") continue;
      EXPECT_TRUE(fs::exists(entry.path() / "README.md")) << entry.path() << " has no README.md";
    }
  }
}

}  // namespace
