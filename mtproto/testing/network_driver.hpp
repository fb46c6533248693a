// SPDX-License-Identifier: BSL-1.0
// Puts the network model between real sockets: it accepts what is meant for a data centre, goes
// there itself, and hands on the bytes of either side when the model says that they arrived.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <mtfetch/network_conditions.hpp>

#include "mtproto/net/listener.hpp"
#include "mtproto/testing/network/network_model.hpp"
#include "mtproto/testing/protocol/traffic_counts.hpp"

namespace mtfetch::testing {

/// Knows nothing of what the bytes are, so key exchanges, TLS and HTTP meet the network like all
/// else, and a data centre without conditions has no part of it. Held by shared_ptr; one executor.
class network_driver : public std::enable_shared_from_this<network_driver> {
 public:
  network_driver(const asio::any_io_executor& executor, const network_conditions& conditions,
                 std::shared_ptr<traffic_counts> counts);
  ~network_driver();

  /// Binds the address that clients of a data centre come to (port 0: any) and says which it is.
  /// Throws mtfetch::error when it is taken.
  asio::ip::tcp::endpoint bind(int dc, const asio::ip::tcp::endpoint& at);
  /// Lets them in, to the data centre's own address.
  void start(int dc, const asio::ip::tcp::endpoint& centre);
  /// From now on nothing arrives on the connection that reaches this data centre from there (its
  /// socket's remote address), in neither direction, and nothing says so; what the client closes
  /// is closed. False where there is none.
  bool silence(int dc, const asio::ip::tcp::endpoint& from);
  /// Closes every port and connection. bind() may follow.
  void stop();

 private:
  struct half;
  struct way;
  using way_ptr = std::shared_ptr<way>;

  void accept(int dc, asio::ip::tcp::socket client, const asio::ip::tcp::endpoint& centre);
  void read(const way_ptr& over, bool upward);
  void write(const way_ptr& over, bool upward);
  void finish(const way_ptr& over, bool upward);
  void drop(const way_ptr& over);
  void run();
  void happened(const network_event& event);
  void reset(const way_ptr& over);

  asio::any_io_executor executor_;
  network_model model_;
  asio::steady_timer timer_;
  time_point armed_ = no_deadline;
  std::shared_ptr<traffic_counts> counts_;
  std::map<int, net::listener> doors_;
  std::map<link_id, way_ptr> ways_;
};

}  // namespace mtfetch::testing
