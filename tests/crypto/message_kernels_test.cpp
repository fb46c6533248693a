// SPDX-License-Identifier: BSL-1.0
// Every kernel that this machine has, against the known answers and against OpenSSL.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "mtproto/crypto/message_groups.hpp"
#include "mtproto/crypto/sha256_constants.hpp"
#include "mtproto/crypto/sha256_lanes.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

// Null is OpenSSL alone.
std::vector<const message_kernel*> all_kernels() {
  std::vector<const message_kernel*> all{nullptr};
  for (const message_kernel& kernel : usable_message_kernels()) all.push_back(&kernel);
  return all;
}

std::string name_of(const message_kernel* kernel) {
  return kernel == nullptr ? "portable" : std::string(kernel->name);
}

auth_key some_key(std::uint64_t seed) {
  std::array<std::uint8_t, 256> raw{};
  seeded_random(seed)(raw);
  return auth_key(raw);
}

// Packets of many sizes and alignments in one piece of memory each, so that a sanitizer sees a read
// or a write beside them.
struct batch {
  std::vector<auth_key> keys;
  std::vector<bytes> memory;
  std::vector<std::size_t> shifts;
  std::vector<side> senders;

  byte_span packet(std::size_t i) { return byte_span(memory[i]).subspan(shifts[i]); }
  void add(std::size_t text_size, std::mt19937& pick) {
    keys.push_back(some_key(pick()));
    shifts.push_back(pick() % 16);
    memory.emplace_back(shifts.back() + packet_head + text_size);
    seeded_random(pick())(memory.back());
    senders.push_back(pick() % 2 == 0 ? side::client : side::server);
  }
  std::vector<seal_job> seal_jobs() {
    std::vector<seal_job> jobs;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      jobs.push_back({packet(i), &keys[i], senders[i]});
    }
    return jobs;
  }
  std::vector<open_job> open_jobs() {
    std::vector<open_job> jobs;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      jobs.push_back({packet(i), &keys[i], senders[i], {}});
    }
    return jobs;
  }
};

void expect_the_same_as_openssl(const message_kernel* kernel, batch& one) {
  batch plain = one;
  batch reference = one;
  seal_with(nullptr, reference.seal_jobs());
  seal_with(kernel, one.seal_jobs());
  ASSERT_EQ(one.memory, reference.memory);
  std::vector<open_job> jobs = one.open_jobs();
  open_with(kernel, jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].packet.size() < packet_head + 48) {
      ASSERT_EQ(jobs[i].error, security_errc::bad_packet);
      continue;
    }
    ASSERT_FALSE(jobs[i].error) << i << " of " << jobs.size();
    const byte_span expected = plain.packet(i).subspan(packet_head);
    ASSERT_TRUE(std::ranges::equal(jobs[i].packet.subspan(packet_head), expected)) << i;
  }
}

TEST(message_kernels, seal_and_open_the_known_messages) {
  for (const message_kernel* kernel : all_kernels()) {
    SCOPED_TRACE(name_of(kernel));
    for (const char* id : {"encrypt_v2_client", "encrypt_v2_client_mtcute"}) {
      const known_answer known = known_answer_of("mtproto2_message", id);
      const auth_key key(known.fixed<256>("auth_key"));
      bytes text = known.data("plaintext");
      if (text.size() % 16 != 0) {
        const bytes padding = known.data("padding");
        text.insert(text.end(), padding.begin(), padding.end());
      }
      const side sender = known.number("x") == 0 ? side::client : side::server;
      // As often as the widest loop takes it and once more.
      std::vector<bytes> packets(9, bytes(packet_head));
      std::vector<seal_job> sealing;
      std::vector<open_job> opening;
      for (bytes& packet : packets) {
        packet.insert(packet.end(), text.begin(), text.end());
        sealing.push_back({packet, &key, sender});
        opening.push_back({packet, &key, sender, {}});
      }
      seal_with(kernel, sealing);
      for (const bytes& packet : packets) EXPECT_EQ(hex(packet), known.text("packet"));
      open_with(kernel, opening);
      for (const open_job& job : opening) {
        EXPECT_FALSE(job.error);
        EXPECT_EQ(hex(job.packet.subspan(packet_head)), hex(text));
      }
    }
  }
}

TEST(message_kernels, hash_the_text_of_fips_180_with_every_loop) {
  // "abc", padded by hand.
  std::array<std::uint8_t, 64> block{'a', 'b', 'c', 0x80};
  block[63] = 24;
  for (const message_kernel& kernel : usable_message_kernels()) {
    for (const lane_loop& loop : kernel.hash) {
      SCOPED_TRACE(name_of(&kernel) + " x " + std::to_string(loop.lanes));
      std::array<message_lane, 8> lanes;
      std::array<message_lane*, 8> pointers{};
      for (std::size_t i = 0; i < loop.lanes; ++i) {
        std::copy(std::begin(sha256_start), std::end(sha256_start), lanes[i].hash);
        lanes[i].hash_from = block.data();
        pointers[i] = &lanes[i];
      }
      loop.run(pointers.data(), 1);
      for (std::size_t i = 0; i < loop.lanes; ++i) {
        EXPECT_EQ(lanes[i].hash[0], 0xba7816bfU);
        EXPECT_EQ(lanes[i].hash[7], 0xf20015adU);
        EXPECT_EQ(lanes[i].hash_from, block.data() + block.size());
      }
    }
  }
}

TEST(message_kernels, agree_with_openssl_on_every_small_size) {
  std::mt19937 pick(1);
  for (const message_kernel* kernel : all_kernels()) {
    SCOPED_TRACE(name_of(kernel));
    for (std::size_t size = 16; size <= 400; size += 16) {
      for (const std::size_t count : {1U, 2U, 3U, 8U}) {
        SCOPED_TRACE(std::to_string(size) + " bytes, messages: " + std::to_string(count));
        batch one;
        for (std::size_t i = 0; i < count; ++i) one.add(size, pick);
        expect_the_same_as_openssl(kernel, one);
      }
    }
  }
}

TEST(message_kernels, agree_with_openssl_on_batches_of_random_sizes) {
  std::mt19937 pick(2);
  for (const message_kernel* kernel : all_kernels()) {
    SCOPED_TRACE(name_of(kernel));
    for (int run = 0; run < 60; ++run) {
      batch one;
      const std::size_t count = 1 + pick() % 20;
      const std::size_t most = run % 2 == 0 ? 40 : 800;
      for (std::size_t i = 0; i < count; ++i) one.add(16 * (1 + pick() % most), pick);
      expect_the_same_as_openssl(kernel, one);
    }
  }
}

TEST(message_kernels, a_bad_packet_does_not_disturb_its_neighbours) {
  std::mt19937 pick(3);
  for (const message_kernel* kernel : all_kernels()) {
    SCOPED_TRACE(name_of(kernel));
    batch one;
    for (int i = 0; i < 11; ++i) one.add(16 * (3 + pick() % 30), pick);
    seal_with(kernel, one.seal_jobs());
    std::vector<open_job> jobs = one.open_jobs();
    const auth_key other = some_key(99);
    jobs[0].packet[40] ^= 1;                                           // a changed byte
    jobs[2].packet = jobs[2].packet.first(jobs[2].packet.size() - 1);  // half a block
    jobs[4].packet[8] ^= 1;                                            // another msg_key
    jobs[5].key = &other;
    jobs[7].packet = {};
    jobs[9].packet = jobs[9].packet.first(jobs[9].packet.size() - 16);
    open_with(kernel, jobs);
    const std::set<std::size_t> bad{0, 2, 4, 5, 7, 9};
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (bad.contains(i)) {
        EXPECT_EQ(jobs[i].error, security_errc::bad_packet) << i;
      } else {
        EXPECT_FALSE(jobs[i].error) << i;
      }
    }
  }
}

TEST(message_kernels, any_changed_byte_is_found) {
  for (const message_kernel* kernel : all_kernels()) {
    SCOPED_TRACE(name_of(kernel));
    std::mt19937 pick(4);
    batch one;
    for (int i = 0; i < 5; ++i) one.add(208, pick);
    seal_with(kernel, one.seal_jobs());
    for (std::size_t at = 0; at < packet_head + 208; ++at) {
      batch changed = one;
      for (std::size_t i = 0; i < 5; ++i) changed.packet(i)[at] ^= 0x10;
      std::vector<open_job> jobs = changed.open_jobs();
      open_with(kernel, jobs);
      for (const open_job& job : jobs) ASSERT_EQ(job.error, security_errc::bad_packet) << at;
    }
  }
}

TEST(message_kernels, a_malformed_packet_to_seal_is_refused_before_any_is_touched) {
  std::mt19937 pick(5);
  batch one;
  one.add(64, pick);
  one.add(72, pick);
  const std::vector<bytes> before = one.memory;
  EXPECT_THROW(seal_batch(one.seal_jobs()), std::invalid_argument);
  EXPECT_EQ(one.memory, before);
}

TEST(message_kernels, nothing_to_do_is_done) {
  open_batch({});
  seal_batch({});
}

TEST(message_kernels, hash_pieces_of_any_size_side_by_side) {
  std::mt19937 pick(7);
  for (const message_kernel* kernel : all_kernels()) {
    for (int run = 0; run < 100; ++run) {
      std::vector<bytes> pieces(pick() % 20);
      for (bytes& piece : pieces) {
        piece.resize(pick() % 4 == 0 ? pick() % 3 * 64 : pick() % 1000);
        seeded_random(pick())(piece);
      }
      const std::vector<byte_view> views(pieces.begin(), pieces.end());
      std::vector<sha256_digest> digests(views.size());
      sha256_each_with(kernel, views, digests);
      for (std::size_t i = 0; i < views.size(); ++i) {
        EXPECT_EQ(digests[i], sha256(views[i])) << name_of(kernel) << " " << views[i].size();
      }
    }
  }
  const std::array<byte_view, 2> two;
  std::array<sha256_digest, 1> one;
  EXPECT_THROW(sha256_each(two, one), std::invalid_argument);
}

TEST(run_lanes, takes_every_message_its_own_number_of_steps) {
  // The loops only count; the widest first.
  static constexpr auto count = [](std::size_t lanes) {
    return [lanes](message_lane* const* at, std::size_t steps) {
      for (std::size_t i = 0; i < lanes; ++i) at[i]->hash[0] += static_cast<std::uint32_t>(steps);
    };
  };
  static constexpr std::array<lane_loop, 3> loops{{
      {4, [](message_lane* const* at, std::size_t steps) { count(4)(at, steps); }},
      {2, [](message_lane* const* at, std::size_t steps) { count(2)(at, steps); }},
      {1, [](message_lane* const* at, std::size_t steps) { count(1)(at, steps); }},
  }};
  std::mt19937 pick(6);
  for (int run = 0; run < 200; ++run) {
    std::array<message_lane, 8> lanes;
    std::array<lane_work, 8> work;
    const std::size_t used = pick() % 9;
    std::array<std::size_t, 8> wanted{};
    for (std::size_t i = 0; i < used; ++i) {
      lanes[i].hash[0] = 0;
      wanted[i] = pick() % 3 == 0 ? 0 : pick() % 50;
      work[i] = {&lanes[i], wanted[i]};
    }
    run_lanes(loops, std::span(work).first(used));
    for (std::size_t i = 0; i < used; ++i) EXPECT_EQ(lanes[i].hash[0], wanted[i]);
  }
}

}  // namespace
}  // namespace mtfetch::crypto
