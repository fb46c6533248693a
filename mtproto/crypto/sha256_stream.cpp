// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "mtproto/crypto/openssl_hash.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/crypto/sha256_lanes.hpp"

namespace mtfetch::crypto {

struct sha256_stream::state {
  // Null where OpenSSL is to hash.
  const message_kernel* kernel = nullptr;
  std::optional<openssl_hash> openssl;
  bool begun = false;
  message_lane lane;
  std::array<std::uint8_t, 128> edge{};  // bytes that are no whole block yet
  std::size_t edge_size = 0;
  std::size_t total = 0;

  state() {
    const message_kernel* best = best_message_kernel();
    if (best != nullptr && !best->hash.empty()) {
      kernel = best;
    } else {
      openssl.emplace(openssl_hash::sha256());
    }
  }

  void begin() {
    if (std::exchange(begun, true)) return;
    if (openssl) return openssl->begin();
    start_hash(lane);
    edge_size = 0;
    total = 0;
  }

  void hash_edge(std::size_t blocks) {
    lane.hash_from = edge.data();
    lane_work work{&lane, blocks};
    run_lanes(kernel->hash, {&work, 1});
    edge_size = 0;
  }
};

sha256_stream::sha256_stream() : state_(std::make_unique<state>()) {}
sha256_stream::sha256_stream(sha256_stream&&) noexcept = default;
sha256_stream& sha256_stream::operator=(sha256_stream&&) noexcept = default;
sha256_stream::~sha256_stream() = default;

void sha256_stream::restart() {
  state_->begun = false;
}

void sha256_stream::update(byte_view data) {
  update_beside(data, {}, {});
}

void sha256_stream::update_beside(byte_view data, std::span<const byte_view> pieces,
                                  std::span<sha256_digest> out) {
  if (pieces.size() != out.size()) throw std::invalid_argument("one digest for each piece of data");
  state& now = *state_;
  now.begin();
  if (now.openssl) {
    now.openssl->update(data);
    return sha256_each(pieces, out);
  }
  now.total += data.size();
  if (now.edge_size > 0) {
    const byte_view fitting = data.first(std::min(data.size(), 64 - now.edge_size));
    std::ranges::copy(fitting, now.edge.data() + now.edge_size);
    now.edge_size += fitting.size();
    data = data.subspan(fitting.size());
    if (now.edge_size == 64) now.hash_edge(1);
  }
  now.lane.hash_from = data.data();
  sha256_each_with(now.kernel, pieces, out, {&now.lane, data.size() / 64});
  const byte_view rest = data.last(data.size() % 64);
  std::ranges::copy(rest, now.edge.data() + now.edge_size);
  now.edge_size += rest.size();
}

sha256_digest sha256_stream::finish() {
  state& now = *state_;
  now.begin();
  now.begun = false;
  if (now.openssl) return now.openssl->finish<sha256_digest>();
  now.hash_edge(pad(now.edge, now.edge_size, now.total));
  return digest_of(now.lane);
}

}  // namespace mtfetch::crypto
