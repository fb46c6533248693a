// SPDX-License-Identifier: BSL-1.0
// Prints handshake.median_ms: a whole key exchange, both sides, with the well-known prime.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mtfetch/instant.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "mtproto/crypto/random.hpp"
#include "mtproto/handshake/client.hpp"
#include "mtproto/handshake/server.hpp"

namespace {

using namespace mtfetch;
using namespace mtfetch::handshake;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr int exchanges = 201;

instant now() {
  return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

/// What one exchange took: all of it, and the client's share.
struct cost {
  milliseconds whole{};
  milliseconds client{};
};

std::optional<cost> one_exchange(const client_options& near_options,
                                 const server_options& far_options) {
  cost spent;
  const time_point begin = now().mono;
  client near(near_options, crypto::system_random());
  server far(far_options, crypto::system_random());
  std::optional<bytes> query = near.start(now());
  spent.client += now().mono - begin;
  while (query) {
    const server::reply reply = far.receive(*query, now());
    if (!reply.packet) return std::nullopt;
    const time_point before = now().mono;
    result<std::optional<bytes>> next = near.receive(*reply.packet, now());
    spent.client += now().mono - before;
    if (!next) return std::nullopt;
    query = *std::move(next);
  }
  spent.whole = now().mono - begin;
  return spent;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

int main() {
  server_options far;
  far.keys = {crypto::rsa_private_key::generate()};
  far.dc = 2;
  client_options near;
  near.keys = {far.keys.front().public_key()};
  near.dc = 2;

  std::vector<double> whole;
  std::vector<double> client_share;
  for (int i = 0; i < exchanges; ++i) {
    const std::optional<cost> spent = one_exchange(near, far);
    if (!spent) {
      std::fputs("handshake_figures: a key exchange failed\n", stderr);
      return EXIT_FAILURE;
    }
    whole.push_back(spent->whole.count());
    client_share.push_back(spent->client.count());
  }
  std::printf(
      "{\"figure\": \"handshake.median_ms\", \"value\": %.3f, \"unit\": \"ms\", "
      "\"note\": \"client and server in one process, no sockets, %d exchanges; the client's share "
      "is %.3f ms\"}\n",
      median(whole), exchanges, median(client_share));
  return EXIT_SUCCESS;
}
