// SPDX-License-Identifier: BSL-1.0
// Holds the ARMv8 loops to known answers and to each other. A program of its own without OpenSSL
// and GoogleTest: those are not there for the processor that it is cross-compiled for.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "mtproto/crypto/loops_armv8.hpp"
#include "mtproto/crypto/sha256_constants.hpp"

namespace mtfetch::crypto {

// In the room OpenSSL does it.
void wipe(void* data, std::size_t size) noexcept {
  std::memset(data, 0, size);
}

}  // namespace mtfetch::crypto

namespace {

using namespace mtfetch::crypto;

constexpr std::size_t most_lanes = 8;
int failures = 0;

void expect(bool good, const char* what) {
  if (good) return;
  ++failures;
  std::fprintf(stderr, "wrong: %s\n", what);
}

std::vector<std::uint8_t> unhex(const std::string& digits) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return out;
}

using loops = std::span<const lane_loop>;
using begin_function = void (*)(const std::uint8_t*, message_lane&);

// Messages side by side, each with data of its own.
struct group {
  explicit group(std::size_t count) : data(count) {}
  void run(const lane_loop& loop, std::size_t steps) {
    std::array<message_lane*, most_lanes> pointers{};
    for (std::size_t i = 0; i < data.size(); ++i) pointers[i] = &lanes[i];
    loop.run(pointers.data(), steps);
  }
  std::vector<std::vector<std::uint8_t>> data;
  std::array<message_lane, most_lanes> lanes;
};

struct answer {
  const char* key;
  const char* iv;
  const char* plain;
  const char* sealed;
};

// From known_answers.txt: aes_ige/ige_openssl_256 and aes_ige/ige_tdlib_32.
constexpr answer answers[] = {{"5468697320697320616e20696d706c655468697320697320616e20696d706c65",
                               "6d656e746174696f6e206f6620494745206d6f646520666f72204f70656e5353",
                               "99706487a1cde613bc6de0b6f24b1c7aa448c8b9c3403e3467a8cad89340f53b",
                               "792ea8ae577b1a66cb3bd92679b8030ca54ee631976bd3a04547fdcb4639fa69"},
                              {"3ef36a602c7c290e9f61268b6ea7ff16fec2e55b47989477d17d5df8b1381eda",
                               "8efd468ba172d4e8aeaa573d0e2ced49a7ed4639f052a1a8ef30cba53dcb25ad",
                               "4c7b4aeccf62f232603b211f558bf57195491f5397d8db64620efab08c30dab5",
                               "c7dc97b92ae0375496947e56678e2bf4b1b5f178a91dfa2ddeb69d9d5db2361c"}};

void one_way(loops all, begin_function begin, const answer& known, const char* in,
             const char* out) {
  for (const lane_loop& loop : all) {
    group g(loop.lanes);
    for (std::size_t i = 0; i < loop.lanes; ++i) {
      g.data[i] = unhex(in);
      begin(unhex(known.key).data(), g.lanes[i]);
      std::ranges::copy(unhex(known.iv), g.lanes[i].chain);
      g.lanes[i].at = g.data[i].data();
    }
    g.run(loop, g.data[0].size() / 16);
    for (const auto& data : g.data) expect(data == unhex(out), "a known answer of IGE");
  }
}

void known_answers_of_the_cipher() {
  for (const answer& known : answers) {
    one_way(armv8_encrypt_loops, armv8_begin_encryption, known, known.plain, known.sealed);
    one_way(armv8_decrypt_loops, armv8_begin_decryption, known, known.sealed, known.plain);
  }
}

void known_answer_of_the_hash() {
  // "abc", padded by hand (FIPS 180-4).
  std::array<std::uint8_t, 64> block{'a', 'b', 'c', 0x80};
  block[63] = 24;
  const std::array<std::uint32_t, 8> digest{0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                            0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
  for (const lane_loop& loop : armv8_hash_loops) {
    group g(loop.lanes);
    for (std::size_t i = 0; i < loop.lanes; ++i) {
      std::copy(std::begin(sha256_start), std::end(sha256_start), g.lanes[i].hash);
      g.lanes[i].hash_from = block.data();
    }
    g.run(loop, 1);
    for (std::size_t i = 0; i < loop.lanes; ++i) {
      expect(std::equal(digest.begin(), digest.end(), g.lanes[i].hash), "SHA-256 of abc");
    }
  }
}

// A lane over `data`, whose first 64 bytes at `shift` are hashed first; key and chain come from the
// data too.
void begin(message_lane& lane, std::vector<std::uint8_t>& data, std::size_t shift) {
  armv8_begin_decryption(data.data(), lane);
  std::copy_n(data.data() + 7, sizeof lane.chain, lane.chain);
  std::ranges::copy(sha256_start, lane.hash);
  lane.hash_from = data.data() + shift;
  lane.at = data.data() + shift + 64;
}

// Both together must be the cipher alone and then the hash alone.
void interleaved_is_one_after_another(const lane_loop& loop, std::size_t steps,
                                      std::mt19937& random) {
  group together(loop.lanes);
  for (std::size_t i = 0; i < loop.lanes; ++i) {
    together.data[i].resize(i + 64 * (steps + 1));
    for (std::uint8_t& byte : together.data[i]) byte = static_cast<std::uint8_t>(random());
    begin(together.lanes[i], together.data[i], i);
  }
  auto data = together.data;
  together.run(loop, steps);
  for (std::size_t i = 0; i < loop.lanes; ++i) {
    message_lane lane;
    message_lane* const pointer = &lane;
    begin(lane, data[i], i);
    armv8_decrypt_loops[3].run(&pointer, 4 * steps);
    armv8_hash_loops[1].run(&pointer, steps);
    expect(together.data[i] == data[i], "the cipher beside the hash");
    expect(std::ranges::equal(together.lanes[i].hash, lane.hash), "the hash beside the cipher");
    expect(std::ranges::equal(together.lanes[i].chain, lane.chain), "the chain behind both");
    expect(together.lanes[i].hash_from == together.data[i].data() + i + 64 * steps,
           "where the hash goes on");
  }
}

// Messages of the same length side by side: each loop does to each what the loop of one lane does,
// which known answers hold, and decryption gives back what was encrypted.
void all_lengths_alike(std::size_t blocks, std::mt19937& random) {
  std::array<std::array<std::uint8_t, 32>, most_lanes> keys{};
  std::array<std::array<std::uint8_t, 32>, most_lanes> chains{};
  std::vector<std::vector<std::uint8_t>> plain(most_lanes);
  const auto fill = [&](auto& some) {
    for (std::uint8_t& byte : some) byte = static_cast<std::uint8_t>(random());
  };
  for (std::size_t i = 0; i < most_lanes; ++i) {
    plain[i].resize(16 * blocks);
    fill(keys[i]);
    fill(chains[i]);
    fill(plain[i]);
  }
  const auto run = [&](const lane_loop& loop, begin_function begin, std::size_t first, auto& data) {
    std::array<message_lane, most_lanes> lanes;
    std::array<message_lane*, most_lanes> pointers{};
    for (std::size_t i = 0; i < loop.lanes; ++i) {
      begin(keys[first + i].data(), lanes[i]);
      std::ranges::copy(chains[first + i], lanes[i].chain);
      lanes[i].at = data[first + i].data();
      pointers[i] = &lanes[i];
    }
    loop.run(pointers.data(), blocks);
  };
  const auto single = std::ranges::find(armv8_encrypt_loops, 1u, &lane_loop::lanes);
  auto sealed = plain;
  for (std::size_t i = 0; i < most_lanes; ++i) run(*single, armv8_begin_encryption, i, sealed);
  for (const lane_loop& loop : armv8_encrypt_loops) {
    auto data = plain;
    run(loop, armv8_begin_encryption, 0, data);
    expect(std::equal(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(loop.lanes),
                      sealed.begin()),
           "encryption side by side");
  }
  for (const lane_loop& loop : armv8_decrypt_loops) {
    auto data = sealed;
    run(loop, armv8_begin_decryption, 0, data);
    expect(std::equal(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(loop.lanes),
                      plain.begin()),
           "decryption side by side");
  }
}

}  // namespace

int main() {
  known_answers_of_the_cipher();
  known_answer_of_the_hash();
  std::mt19937 random(1);
  for (const lane_loop& loop : armv8_open_loops) {
    for (std::size_t steps = 1; steps < 40; ++steps) {
      interleaved_is_one_after_another(loop, steps, random);
    }
  }
  for (int i = 0; i < 200; ++i) all_lengths_alike(1 + random() % 300, random);
  std::printf(failures == 0 ? "all right\n" : "failed\n");
  return failures == 0 ? 0 : 1;
}
