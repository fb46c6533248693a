// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/packet_sealer.hpp"

#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>

namespace mtfetch::net {

// Takes its packets out again when the coroutine ends early: they may be gone then.
class packet_sealer::waiting {
 public:
  waiting(packet_sealer& at, std::span<const crypto::seal_job> packets)
      : at_(at), packets_(packets) {
    at_.waiting_.push_back(packets_);
  }
  ~waiting() {
    if (is_unsealed()) at_.waiting_.erase(place());
  }
  waiting(const waiting&) = delete;
  waiting& operator=(const waiting&) = delete;

  bool is_unsealed() const { return place() != at_.waiting_.end(); }

 private:
  std::vector<std::span<const crypto::seal_job>>::iterator place() const {
    return std::ranges::find(at_.waiting_, packets_.data(),
                             [](const auto& other) { return other.data(); });
  }
  packet_sealer& at_;
  std::span<const crypto::seal_job> packets_;
};

asio::awaitable<void> packet_sealer::seal(std::span<const crypto::seal_job> packets) {
  if (packets.empty()) co_return;
  const waiting mine(*this, packets);
  co_await asio::post(executor_, asio::use_awaitable);
  // The first one to come back seals for all who joined it.
  if (!mine.is_unsealed()) co_return;
  together_.clear();
  for (const auto& each : waiting_) together_.insert(together_.end(), each.begin(), each.end());
  crypto::seal_batch(together_);
  waiting_.clear();
}

}  // namespace mtfetch::net
