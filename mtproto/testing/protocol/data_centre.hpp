// SPDX-License-Identifier: BSL-1.0
// One data centre: its listener, its keys, its connections.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/testing.hpp>
#include <optional>
#include <vector>

#include "mtproto/crypto/rsa.hpp"
#include "mtproto/net/listener.hpp"
#include "mtproto/net/packet_sealer.hpp"
#include "mtproto/testing/faults/part_conditions.hpp"
#include "mtproto/testing/protocol/call_runner.hpp"
#include "mtproto/testing/protocol/key_ring.hpp"
#include "mtproto/testing/protocol/state_store.hpp"
#include "mtproto/testing/protocol/traffic_counts.hpp"
#include "mtproto/transport/tls.hpp"

namespace mtfetch::testing {

/// What all data centres of a cluster share.
struct cluster_core {
  /// Reads folder and state. `key` is used where the state holds none; without either a new one is
  /// made.
  cluster_core(asio::any_io_executor on, const cluster_options& options,
               std::shared_ptr<fault_plan> plan, std::shared_ptr<traffic_counts> counted,
               const std::optional<crypto::rsa_private_key>& key);

  /// References given out so far are refused from now on, after a restart too.
  void expire_file_references();

  /// The cluster's clock: its wall clock may be skewed.
  instant at(instant real) const;
  instant now() const;

  /// What faults of a call do to more than its connection. Each may be unset.
  struct beyond_a_call {
    /// Silences the connection that came to this data centre from there; false: nobody can.
    std::function<bool(int dc, const asio::ip::tcp::endpoint& from)> silence;
    std::function<void()> change_salts;
    std::function<void()> restart;
  };

  asio::any_io_executor executor;
  beyond_a_call beyond;
  std::shared_ptr<fault_plan> faults;
  std::shared_ptr<traffic_counts> counts;
  std::shared_ptr<net::packet_sealer> sealer;
  part_conditions parts;
  random_source random;
  std::optional<state_store> store;
  crypto::rsa_private_key rsa_key;
  std::optional<transport::tls_context> tls;  ///< for WebSocket; without one TLS is refused
  std::optional<crypto::rsa_private_key> cdn_rsa_key;
  world content;
  method_table methods;
};

class client_connection;

/// Belongs to the cluster's executor.
class data_centre : public std::enable_shared_from_this<data_centre> {
 public:
  data_centre(std::shared_ptr<cluster_core> shared, int id);

  int id() const { return id_; }
  bool is_cdn() const { return id_ == shared_->content.options.cdn_dc; }
  /// What it proves itself with in key exchanges.
  const crypto::rsa_private_key& rsa_key() const {
    return is_cdn() ? *shared_->cdn_rsa_key : shared_->rsa_key;
  }
  /// Throws mtfetch::error when the address is taken.
  void bind(const asio::ip::tcp::endpoint& at);
  asio::ip::tcp::endpoint address() const { return listener_->address(); }
  void start();
  /// Closes the port and every connection, and stores what changed.
  void stop();
  void drop_connections();
  /// Something may be ready to be sent that no connection knows of.
  void wake_connections();
  void change_salts(unix_seconds now);
  /// Stores what changed since the last time; nothing without a store.
  void flush();

  void key_made(std::shared_ptr<server_key> key);
  void key_changed(server_key& key);
  void key_destroyed(const server_key& key);
  /// Ends this login here, whatever keys have it.
  void log_out(std::int64_t login);
  void forget_temporary_keys();
  /// To the sessions that want updates, of this account or (0) of anybody.
  void push_update(byte_view object, std::int64_t account, instant now);
  void session_destroyed(const server_key& key, std::int64_t session);

  cluster_core& shared() { return *shared_; }
  key_ring& keys() { return keys_; }
  call_runner& runner() { return runner_; }

 private:
  void forget(const std::vector<std::int64_t>& keys);
  void accept(asio::ip::tcp::socket socket);

  std::shared_ptr<cluster_core> shared_;
  int id_;
  key_ring keys_;
  call_runner runner_;
  std::optional<net::listener> listener_;
  std::vector<std::weak_ptr<net::connection>> connections_;
};

}  // namespace mtfetch::testing
