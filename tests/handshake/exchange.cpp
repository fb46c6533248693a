// SPDX-License-Identifier: BSL-1.0
#include "tests/handshake/exchange.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <stdexcept>

#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/reader.hpp"
#include "tests/handshake/test_keys.hpp"

namespace mtfetch::handshake::testing {

instant noon() {
  instant now;
  now.mono = time_point(std::chrono::hours(5));
  now.wall = std::chrono::system_clock::time_point(std::chrono::seconds(1'707'425'104));
  return now;
}

random_source seeded(std::uint32_t seed) {
  return [engine = std::mt19937(seed)](byte_span out) mutable {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine());
  };
}

random_source seeded_with(std::uint32_t seed, draws first) {
  return [otherwise = seeded(seed), first = std::move(first)](byte_span out) mutable {
    const auto prepared = first.find(out.size());
    if (prepared == first.end() || prepared->second.empty()) return otherwise(out);
    const bytes& draw = prepared->second.front();
    if (draw.size() != out.size()) throw std::logic_error("a draw of another size");
    std::ranges::copy(draw, out.begin());
    prepared->second.pop_front();
  };
}

bytes exponent(unsigned number) {
  bytes out(256);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i * 7 + 1);
  out[0] = static_cast<std::uint8_t>(number);
  out[1] = static_cast<std::uint8_t>(number >> 8);
  return out;
}

const crypto::rsa_private_key& server_key() {
  static const crypto::rsa_private_key key = crypto::rsa_private_key::from_pem(test_key).value();
  return key;
}

const crypto::rsa_private_key& other_key() {
  static const crypto::rsa_private_key key =
      crypto::rsa_private_key::from_pem(other_test_key).value();
  return key;
}

client_options client_of(const crypto::rsa_private_key& key) {
  client_options options;
  options.keys = {key.public_key()};
  options.dc = 2;
  return options;
}

server_options server_of(const crypto::rsa_private_key& key) {
  server_options options;
  options.keys = {key};
  options.dc = 2;
  return options;
}

outcome run(client& near, server& far, instant now) {
  outcome out;
  std::optional<bytes> query = near.start(now);
  while (query) {
    out.packets.push_back(*query);
    server::reply reply = far.receive(*query, now);
    if (reply.key) out.far.push_back(*reply.key);
    if (!reply.packet) {
      out.transport_error = reply.transport_error;
      return out;
    }
    out.packets.push_back(*reply.packet);
    result<std::optional<bytes>> next = near.receive(*reply.packet, now);
    if (!next) {
      out.error = next.error();
      return out;
    }
    query = *std::move(next);
  }
  if (near.done()) out.near = near.take();
  return out;
}

outcome run(client_options near_options, server_options far_options, std::uint32_t seed) {
  client near(std::move(near_options), seeded(seed));
  server far(std::move(far_options), seeded(seed + 1'000'000));
  return run(near, far);
}

sample::sample(const std::string& file) {
  const std::string path = std::string(MTFETCH_TEST_DATA) + "/" + file;
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) throw std::runtime_error(path + ": " + line);
    values_[line.substr(0, colon)] = line.substr(colon + 2);
  }
}

bytes sample::data(const std::string& name) const {
  return tl::from_hex(text(name)).value();
}

std::int64_t sample::little_endian(const std::string& name) const {
  return tl::reader(data(name)).i64();
}

bytes joined(std::initializer_list<byte_view> parts) {
  bytes out;
  for (const byte_view& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace mtfetch::handshake::testing
