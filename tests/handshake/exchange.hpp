// SPDX-License-Identifier: BSL-1.0
// What the key exchange tests share: a clock, randomness, keys, and runs of client against server.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "mtproto/handshake/client.hpp"
#include "mtproto/handshake/server.hpp"

namespace mtfetch::handshake::testing {

/// A moment in 2024, by both clocks.
instant noon();

/// The same bytes at every run with the same seed.
random_source seeded(std::uint32_t seed);

/// As seeded, but draws of these sizes give these bytes first.
using draws = std::map<std::size_t, std::deque<bytes>>;
random_source seeded_with(std::uint32_t seed, draws first);

/// An exponent of 256 bytes, different for every number.
bytes exponent(unsigned number);

const crypto::rsa_private_key& server_key();
const crypto::rsa_private_key& other_key();

client_options client_of(const crypto::rsa_private_key& key = server_key());
server_options server_of(const crypto::rsa_private_key& key = server_key());

/// How a run ended.
struct outcome {
  std::optional<established> near;              ///< the client's key
  std::vector<established> far;                 ///< the server's keys
  std::error_code error;                        ///< of the client
  std::optional<std::int32_t> transport_error;  ///< of the server
  std::vector<bytes> packets;                   ///< all of them, in turn
};

/// Passes packets to and fro until one side is done or refuses.
outcome run(client& near, server& far, instant now = noon());
outcome run(client_options near, server_options far, std::uint32_t seed = 1);

/// A key exchange whose values are kept in a file of `name: value` lines.
class sample {
 public:
  explicit sample(const std::string& file);
  const std::string& text(const std::string& name) const { return values_.at(name); }
  bytes data(const std::string& name) const;
  std::int64_t number(const std::string& name) const { return std::stoll(text(name)); }
  /// Eight bytes of the wire as a number.
  std::int64_t little_endian(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

bytes joined(std::initializer_list<byte_view> parts);

}  // namespace mtfetch::handshake::testing
