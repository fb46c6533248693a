// SPDX-License-Identifier: BSL-1.0
// One more connection to a data centre, with a session of its own: what downloads run over.
#pragma once

#include "mtproto/tl/object.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/invoke.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <string>
#include <utility>

namespace mtfetch {

namespace client_impl {
class channel_state;

/// Waits for the answer's bytes and reads them as what the method returns.
template <class M>
asio::awaitable<typename M::result> typed_answer(asio::awaitable<shared_bytes> pending) {
  const shared_bytes body = co_await std::move(pending);
  auto value = tl::parse<typename M::result>(body.view(), body.owner());
  if (!value) {
    throw error(value.error(), "the answer to " + std::string(M::tl_name) +
                                   " cannot be read: " + value.error().message());
  }
  co_return std::move(*value);
}
}  // namespace client_impl

/// A connection to one data centre with its own session and the same auth key as the client has
/// there; made by client::open_channel. Calls go out with invokeWithoutUpdates. Several may be in
/// flight. A lost connection is dialled again by itself and what was in flight is sent again.
/// Nothing is decided for the caller: FILE_MIGRATE, FLOOD_WAIT and every other rpc_error come out.
/// Belongs to the client's executor, which it must not outlive. It may outlive the client: its
/// calls then end with client_errc::stopped.
class channel {
 public:
  explicit channel(std::shared_ptr<client_impl::channel_state> state);
  ~channel();
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  /// Makes the call and gives its typed answer. Serializes at once: the request may be a temporary.
  /// Throws rpc_error as the server answered; mtfetch::error with client_errc::deadline, stopped,
  /// not_signed_in, or a transport_errc that names the data centre and the addresses tried.
  /// Cancelled (terminal), it throws std::system_error (asio::error::operation_aborted) and the
  /// server is told to drop the answer.
  template <tl::method M>
  asio::awaitable<typename M::result> invoke(const M& request, invoke_options options = {}) {
    return client_impl::typed_answer<M>(
        invoke_bytes(tl::serialize(request), std::string(M::tl_name), options));
  }
  /// The same for a serialized method; gives the boxed answer. `bytes` fields parsed with the
  /// owner of the answer are slices of the receive buffer.
  asio::awaitable<shared_bytes> invoke_bytes(bytes serialized, std::string method_name,
                                             invoke_options options = {});

  int dc() const;
  /// Whether the connection is up now. A channel that is not may come up again by itself, until
  /// close().
  bool alive() const;
  /// When bytes came last, also of an answer that is not whole yet: what is slow is not dead. To 16
  /// KiB; time_point::min() before any did.
  time_point last_heard() const;
  /// Ends the connection; calls in flight end with client_errc::stopped.
  void close();

 private:
  std::shared_ptr<client_impl::channel_state> state_;
};

}  // namespace mtfetch
