// SPDX-License-Identifier: BSL-1.0
// A relay between a client and a data centre that cuts connections at a chosen moment.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/network.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace mtfetch::client_test {

/// Stands before every data centre of a network. Counts what it passes on, in reads, either way;
/// the connection whose read has the chosen number is closed instead, once. One executor, the
/// client's: so that a test knows exactly where it cuts.
class relay {
 public:
  relay(asio::any_io_executor executor, const network& behind);
  ~relay();
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  /// The network as the client is to see it.
  network front() const;
  /// Cuts at this read, counted from 0 over all connections from now on; -1: never.
  void cut_at(int read);
  /// Whether the cut has come.
  bool has_cut() const;
  std::size_t accepted() const;
  /// From now on only connections whose first bytes pass are passed on; the others are closed, as a
  /// firewall would that looks into them. Called with at least one byte.
  void let_through(std::function<bool(byte_view first)> may_pass);
  /// What those that are closed are sent first.
  void refuse_with(bytes said);
  /// The others are not closed but kept, and nothing they say is passed on or answered.
  void swallow_others();

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace mtfetch::client_test
