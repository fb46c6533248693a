// SPDX-License-Identifier: BSL-1.0
// `mtfetch get` of 1 GiB, killed at ten moments, each time gone on with by the next run.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <mtfetch/network.hpp>
#include <random>
#include <vector>

#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t mib = 1 << 20;
constexpr std::int64_t size = 1024 * mib + 4321;

class killed : public cli {
 protected:
  killed() {
    cluster.reset();
    // Sparse, so that it costs little; each window of 128 KiB has bytes of its own.
    source = folder / "source" / "huge.bin";
    write_file(source, "");
    fs::resize_file(source, size);
    std::fstream file(source, std::ios::in | std::ios::out | std::ios::binary);
    for (std::int64_t at = 0; at < size; at += mib / 8) {
      file.seekp(at + at / 131 % 4096 / 64 * 64);
      file << "window at " << at;
    }
    file.close();
    cluster = std::make_unique<testing::cluster_thread>(dc_options);
    write_file(folder / "network.json", cluster->dc().network_file().to_json());
    // In memory, where there is such a place: a kill takes nothing from the page cache either.
    std::error_code absent;
    const fs::space_info memory = fs::space("/dev/shm", absent);
    if (!absent && memory.available > static_cast<std::uintmax_t>(3 * size)) {
      std::string pattern = "/dev/shm/mtfetch-kill-XXXXXX";
      out = ::mkdtemp(pattern.data());
    } else {
      out = folder / "out";
    }
  }
  ~killed() override { fs::remove_all(out); }

  std::int64_t served() { return static_cast<std::int64_t>(cluster->dc().counted().bytes_served); }
  void expect_identical() const {
    std::ifstream right(source, std::ios::binary);
    std::ifstream there(out / "huge.bin", std::ios::binary);
    ASSERT_EQ(static_cast<std::int64_t>(fs::file_size(out / "huge.bin")), size);
    std::vector<char> a(mib);
    std::vector<char> b(mib);
    for (std::int64_t at = 0; at < size; at += mib) {
      const auto piece = std::min(mib, size - at);
      right.read(a.data(), piece);
      there.read(b.data(), piece);
      ASSERT_TRUE(right && there);
      ASSERT_TRUE(std::equal(a.begin(), a.begin() + piece, b.begin())) << "after byte " << at;
    }
  }

  fs::path source;
  fs::path out;
};

TEST_F(killed, at_ten_moments_every_file_is_identical_and_little_is_fetched_twice) {
  sign_in_as_bot();
  std::mt19937_64 random(9);
  const std::vector<std::string> get = {"get", "t.me/files/3", "-o", out.string(), "--json"};
  int kills = 0;
  for (int tries = 0; kills < 10; ++tries) {
    ASSERT_LT(tries, 30) << "the download is over before it can be killed";
    const auto moment = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size));
    SCOPED_TRACE("killed after " + std::to_string(moment) + " bytes");
    const std::int64_t before = served();
    process_options options = command(get);
    options.on_line = [moment](std::string_view line, pid_t child) {
      const auto event = nlohmann::json::parse(line);
      if (event.at("event") == "progress" && event.at("done").get<std::int64_t>() >= moment) {
        ::kill(child, SIGKILL);
      }
    };
    const process_end first = run_process(options);
    if (first.exit_code == 0) {  // it was faster than its progress
      fs::remove(out / "huge.bin");
      continue;
    }
    ASSERT_EQ(first.exit_code, 128 + SIGKILL) << first.output << first.errors;
    // The kill may come just after the rename, when it has nothing left to hit.
    const bool is_whole = fs::exists(out / "huge.bin");
    if (!is_whole) {
      const process_end second = run_process(command(get));
      ASSERT_EQ(second.exit_code, 0) << second.output << second.errors;
      EXPECT_LE(served() - before - size, 64 * mib);
      ++kills;
    }
    expect_identical();
    if (HasFatalFailure()) return;
    if (!is_whole) {
      EXPECT_EQ(std::distance(fs::directory_iterator(out), fs::directory_iterator()), 2)
          << "the file and the folder's catalogue";
      EXPECT_EQ(run_process(command({"verify", out.string(), "-q"})).exit_code, 0);
    }
    fs::remove(out / "huge.bin");
    fs::remove(out / "huge.bin.part.journal");
    fs::remove(out / "huge.bin.part.journal-wal");
  }
}

}  // namespace
}  // namespace mtfetch::tests
