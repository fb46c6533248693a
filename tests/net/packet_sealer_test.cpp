// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/packet_sealer.hpp"

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/crypto/message_cipher.hpp"

#include <mtfetch/bytes.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <random>
#include <vector>

namespace mtfetch::net {
namespace {

void fill(byte_span what, std::uint32_t seed) {
  std::mt19937 drawn(seed);
  for (std::uint8_t& byte : what) byte = static_cast<std::uint8_t>(drawn());
}

crypto::auth_key some_key() {
  std::array<std::uint8_t, 256> key{};
  fill(key, 3);
  return crypto::auth_key(key);
}

// One connection's packets, and what they are once sealed alone.
struct sender {
  explicit sender(const crypto::auth_key& key, std::size_t count, std::uint32_t seed) {
    for (std::size_t i = 0; i < count; ++i) {
      packets.emplace_back(24 + 16 * (1 + (seed + i) % 40));
      fill(packets.back(), seed + static_cast<std::uint32_t>(i));
    }
    for (bytes& packet : packets) jobs.push_back({packet, &key, crypto::side::server});
    sealed = packets;
    std::vector<crypto::seal_job> alone;
    for (bytes& packet : sealed) alone.push_back({packet, &key, crypto::side::server});
    crypto::seal_batch(alone);
  }
  std::vector<bytes> packets;
  std::vector<crypto::seal_job> jobs;
  std::vector<bytes> sealed;
};

asio::awaitable<void> seal(packet_sealer* with, sender* whose, int* done) {
  co_await with->seal(whose->jobs);
  ++*done;
}

TEST(packet_sealer, seals_the_packets_of_all_who_come_in_one_turn) {
  asio::io_context loop;
  packet_sealer sealer(loop.get_executor());
  const crypto::auth_key key = some_key();
  std::vector<sender> senders;
  for (std::uint32_t i = 0; i < 9; ++i) senders.emplace_back(key, i % 4, 10 * i);
  int done = 0;
  for (sender& one : senders) {
    asio::co_spawn(loop, seal(&sealer, &one, &done), [](const std::exception_ptr& failed) {
      if (failed) std::rethrow_exception(failed);
    });
  }
  loop.run();
  EXPECT_EQ(done, 9);
  for (const sender& one : senders) EXPECT_EQ(one.packets, one.sealed);
}

TEST(packet_sealer, seals_again_and_again) {
  asio::io_context loop;
  packet_sealer sealer(loop.get_executor());
  const crypto::auth_key key = some_key();
  int done = 0;
  for (std::uint32_t i = 0; i < 5; ++i) {
    sender one(key, 3, i);
    asio::co_spawn(loop, seal(&sealer, &one, &done), [](const std::exception_ptr& failed) {
      if (failed) std::rethrow_exception(failed);
    });
    loop.run();
    loop.restart();
    EXPECT_EQ(one.packets, one.sealed);
  }
  EXPECT_EQ(done, 5);
}

TEST(packet_sealer, lets_go_of_what_ends_before_its_turn) {
  auto loop = std::make_unique<asio::io_context>();
  packet_sealer sealer(loop->get_executor());
  const crypto::auth_key key = some_key();
  auto gone = std::make_unique<sender>(key, 3, 1);
  const std::vector<bytes> before = gone->packets;
  int done = 0;
  asio::co_spawn(*loop, seal(&sealer, gone.get(), &done), [](const std::exception_ptr&) {});
  loop->run_one();
  loop.reset();
  EXPECT_EQ(gone->packets, before);
  EXPECT_EQ(done, 0);
}

}  // namespace
}  // namespace mtfetch::net
