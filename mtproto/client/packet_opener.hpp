// SPDX-License-Identifier: BSL-1.0
// Decrypts what has come over all the connections of a client at once.
#pragma once

#include "mtproto/crypto/message_cipher.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace mtfetch::net {
class connection;
}

namespace mtfetch::client_impl {

class dc_session;

/// A packet, from its socket to its session.
struct arrival {
  std::shared_ptr<dc_session> to;
  std::shared_ptr<net::connection> over;
  std::shared_ptr<const void> owner;  ///< of the bytes
  byte_span packet;                   ///< as crypto::open takes it, later decrypted
  instant at;
};

/// Packets wait here until the executor has run what it had to run already, and are then opened
/// together: one packet is bound by the latency of its cipher, several side by side are not. Nobody
/// waits for a packet that has not come. Allocates nothing once warm. Held by shared_ptr; one
/// executor.
class packet_opener : public std::enable_shared_from_this<packet_opener> {
 public:
  explicit packet_opener(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Adds a packet, to be opened with the key of the session that it goes to.
  void add(arrival come);
  /// Opens what waits and gives each to dc_session::take, in order.
  void flush();

 private:
  asio::any_io_executor executor_;
  std::vector<arrival> waiting_;
  // What is being handed out; apart, since the takers may add.
  std::vector<arrival> leaving_;
  std::vector<crypto::open_job> jobs_;
};

}  // namespace mtfetch::client_impl
