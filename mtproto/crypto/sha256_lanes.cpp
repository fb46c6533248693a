// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/sha256_lanes.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "mtproto/crypto/sha256_constants.hpp"

namespace mtfetch::crypto {

void run_lanes(std::span<const lane_loop> loops, std::span<lane_work> work) {
  std::array<message_lane*, group_size> lanes{};
  for (;;) {
    // The longest first, so that a long message does not remain alone at the end.
    std::sort(work.begin(), work.end(),
              [](const lane_work& a, const lane_work& b) { return a.steps > b.steps; });
    while (!work.empty() && work.back().steps == 0) work = work.first(work.size() - 1);
    if (work.empty()) return;
    const lane_loop& loop = *std::find_if(
        loops.begin(), loops.end(), [&](const lane_loop& l) { return l.lanes <= work.size(); });
    const std::span<lane_work> now = work.first(loop.lanes);
    const std::size_t steps = now.back().steps;
    for (std::size_t i = 0; i < now.size(); ++i) lanes[i] = now[i].lane;
    loop.run(lanes.data(), steps);
    for (lane_work& one : now) one.steps -= steps;
  }
}

void start_hash(message_lane& lane) {
  std::copy(std::begin(sha256_start), std::end(sha256_start), lane.hash);
}

sha256_digest digest_of(const message_lane& lane) {
  sha256_digest out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(lane.hash[i / 4] >> (24 - 8 * (i % 4)));
  }
  return out;
}

std::size_t pad(std::span<std::uint8_t> edge, std::size_t size, std::size_t total) {
  const std::size_t blocks = size + 1 + 8 <= 64 ? 1 : 2;
  std::fill(edge.begin() + static_cast<std::ptrdiff_t>(size), edge.end(), std::uint8_t{0});
  edge[size] = 0x80;
  const std::uint64_t bits = 8 * std::uint64_t{total};
  for (std::size_t i = 0; i < 8; ++i) {
    edge[64 * blocks - 1 - i] = static_cast<std::uint8_t>(bits >> 8 * i);
  }
  return blocks;
}

namespace {

void hash_some(const message_kernel& kernel, std::span<const byte_view> data,
               std::span<sha256_digest> out, lane_work beside) {
  std::array<message_lane, group_size> lanes;
  std::array<std::array<std::uint8_t, 128>, group_size> edges;
  std::array<lane_work, group_size + 1> work;
  for (std::size_t i = 0; i < data.size(); ++i) {
    start_hash(lanes[i]);
    lanes[i].hash_from = data[i].data();
    work[i] = {&lanes[i], data[i].size() / 64};
  }
  work[data.size()] = beside;
  run_lanes(kernel.hash, std::span(work).first(data.size() + 1));
  for (std::size_t i = 0; i < data.size(); ++i) {
    const byte_view rest = data[i].last(data[i].size() % 64);
    std::ranges::copy(rest, edges[i].begin());
    lanes[i].hash_from = edges[i].data();
    work[i] = {&lanes[i], pad(edges[i], rest.size(), data[i].size())};
  }
  run_lanes(kernel.hash, std::span(work).first(data.size()));
  std::transform(lanes.begin(), lanes.begin() + static_cast<std::ptrdiff_t>(data.size()),
                 out.begin(), digest_of);
}

}  // namespace

void sha256_each_with(const message_kernel* kernel, std::span<const byte_view> data,
                      std::span<sha256_digest> out, lane_work beside) {
  if (data.size() != out.size()) throw std::invalid_argument("one digest for each piece of data");
  if (kernel == nullptr || kernel->hash.empty()) {
    std::ranges::transform(data, out.begin(), [](byte_view one) { return sha256(one); });
    return;
  }
  std::size_t at = 0;
  do {
    const std::size_t count = std::min(group_size, data.size() - at);
    hash_some(*kernel, data.subspan(at, count), out.subspan(at, count), std::exchange(beside, {}));
    at += count;
  } while (at < data.size());
}

void sha256_each(std::span<const byte_view> data, std::span<sha256_digest> out) {
  sha256_each_with(best_message_kernel(), data, out);
}

}  // namespace mtfetch::crypto
