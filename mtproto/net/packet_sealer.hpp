// SPDX-License-Identifier: BSL-1.0
// Seals what several connections are about to write, together.
#pragma once

#include "mtproto/crypto/message_cipher.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace mtfetch::net {

/// Packets wait here until the executor has run what it had to run already, and are then sealed
/// together: one packet is bound by the latency of its cipher, several side by side are not. One
/// executor.
class packet_sealer {
 public:
  explicit packet_sealer(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  packet_sealer(const packet_sealer&) = delete;
  packet_sealer& operator=(const packet_sealer&) = delete;

  /// Comes back when they are sealed. Packets and keys must live until then, or until the coroutine
  /// is destroyed; the sealer too.
  asio::awaitable<void> seal(std::span<const crypto::seal_job> packets);

 private:
  class waiting;

  asio::any_io_executor executor_;
  std::vector<std::span<const crypto::seal_job>> waiting_;
  std::vector<crypto::seal_job> together_;
};

}  // namespace mtfetch::net
