// SPDX-License-Identifier: BSL-1.0
// Every target over its seeds, and over seeds with a few changes: so they are proven wherever tests
// run, whatever the compiler. The search for new inputs is libFuzzer's.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <random>
#include <vector>

#include "tests/fuzz/targets.hpp"

namespace mtfetch::fuzz {

// For GoogleTest's lists: by name, not by address.
static void PrintTo(const target& each, std::ostream* to) {
  *to << each.name;
}

namespace {

constexpr int changed_seeds = 200;

std::vector<bytes> seeds_of(const std::string& target) {
  std::vector<std::filesystem::path> files;
  const auto folder = std::filesystem::path(MTFETCH_TEST_DATA) / "corpus" / target;
  for (const auto& each : std::filesystem::directory_iterator(folder)) files.push_back(each.path());
  std::ranges::sort(files);
  std::vector<bytes> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

// Bytes changed, a part taken out, or a part doubled.
bytes changed(bytes seed, std::mt19937& engine) {
  const auto below = [&](std::size_t end) { return end == 0 ? 0 : engine() % end; };
  const auto at = [&](std::size_t n) { return seed.begin() + static_cast<std::ptrdiff_t>(n); };
  switch (below(4)) {
    case 0: {
      const std::size_t from = below(seed.size());
      seed.erase(at(from), at(from + below(seed.size() - from + 1)));
      break;
    }
    case 1: {
      const std::size_t from = below(seed.size());
      const bytes part(at(from),
                       at(from + below(std::min<std::size_t>(seed.size() - from + 1, 64))));
      seed.insert(at(below(seed.size() + 1)), part.begin(), part.end());
      break;
    }
    default:
      for (std::size_t i = 0; i <= below(4) && !seed.empty(); ++i) {
        static constexpr std::uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
        seed[below(seed.size())] = below(2) == 0 ? telling[below(std::size(telling))]
                                                 : static_cast<std::uint8_t>(engine());
      }
  }
  return seed;
}

class fuzz_target : public ::testing::TestWithParam<target> {};

TEST_P(fuzz_target, keeps_its_promises_for_its_seeds_and_what_is_near_them) {
  const std::vector<bytes> seeds = seeds_of(GetParam().name);
  ASSERT_GE(seeds.size(), 3u);
  GetParam().run({});
  for (const bytes& seed : seeds) GetParam().run(seed);
  std::mt19937 engine(1);
  for (int i = 0; i < changed_seeds; ++i) {
    GetParam().run(changed(seeds[engine() % seeds.size()], engine));
  }
}

INSTANTIATE_TEST_SUITE_P(of, fuzz_target, ::testing::ValuesIn(targets),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace mtfetch::fuzz
