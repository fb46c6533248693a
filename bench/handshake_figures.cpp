// SPDX-License-Identifier: BSL-1.0
// Prints handshake.median_ms: a whole key exchange with a local data centre over loopback, with the
// well-known prime. The data centre has a thread of its own; connecting is not counted.
#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <mtfetch/network.hpp>
#include <mtfetch/testing.hpp>
#include <utility>
#include <vector>

#include "mtproto/crypto/random.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/net/dialing.hpp"
#include "mtproto/net/key_exchange.hpp"

namespace {

using namespace mtfetch;

constexpr int exchanges = 201;
constexpr int dc = 2;

/// Milliseconds of one exchange.
asio::awaitable<double> one_exchange(const network& known, handshake::client_options options) {
  auto ways = net::ways_to(known, dc, net::purpose::calls, true);
  const net::dial_options patience;
  net::dialled reached = co_await net::dial(dc, std::move(ways), patience);
  const transport::stream_options framing;
  net::framed_socket way{std::move(reached.socket),
                         transport::stream::client(framing, crypto::system_random())};
  const time_point begin = net::now().mono;
  const net::keyed_socket made = co_await net::exchange_key(
      std::move(way), std::move(options), crypto::system_random(), begin + patience.timeout);
  const std::chrono::duration<double, std::milli> took = net::now().mono - begin;
  co_return took.count();
}

asio::awaitable<void> measure(const network& known, std::vector<double>& took) {
  handshake::client_options options;
  options.keys.push_back(crypto::rsa_public_key::from_pem(known.rsa_keys.at(0)).value());
  options.dc = dc;
  for (int i = 0; i < exchanges; ++i) took.push_back(co_await one_exchange(known, options));
}

double quantile(std::vector<double>& values, double share) {
  const auto rank = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

}  // namespace

int main() try {
  testing::cluster_options served;
  served.serve = std::filesystem::temp_directory_path() / "mtfetch-handshake-figures";
  std::filesystem::create_directories(served.serve);
  served.dcs = {dc};
  testing::cluster_thread centre(served);
  const network known = centre.dc().network_file();

  asio::io_context loop;
  std::vector<double> took;
  asio::co_spawn(loop, measure(known, took), [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  });
  loop.run();
  std::filesystem::remove(served.serve);
  std::printf(
      "{\"figure\": \"handshake.median_ms\", \"value\": %.3f, \"unit\": \"ms\", "
      "\"note\": \"%d key exchanges with a local data centre over loopback, connecting not "
      "counted; of ten, nine took under %.3f ms\"}\n",
      quantile(took, 0.5), exchanges, quantile(took, 0.9));
  return EXIT_SUCCESS;
} catch (const std::exception& failed) {
  std::fprintf(stderr, "handshake_figures: %s\n", failed.what());
  return EXIT_FAILURE;
}
