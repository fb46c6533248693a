// SPDX-License-Identifier: BSL-1.0
// A socket's bytes on their way through layers to the framing, and the opening of the layers.
#pragma once

#include "mtproto/transport/layers.hpp"
#include "mtproto/transport/stream.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <system_error>

namespace mtfetch::net {

/// How much is read at once where layers take the bytes apart.
inline constexpr std::size_t layered_read_size = std::size_t{64} << 10;

/// Opens the layers one after another. `through` must live until it ends. Throws std::system_error:
/// the layer's own error, transport_errc::closed or timed_out, bad_frame when the other side sends
/// something before it was asked, or the socket's error. The socket is closed when time is up.
asio::awaitable<void> open_layers(asio::ip::tcp::socket& socket, transport::layers& through,
                                  time_point give_up);

/// Hands bytes to the stream as if they had been read there.
std::error_code commit_all(transport::stream& stream, byte_view plain);

/// Hands what was read from the socket to the stream, through the layers; `plain` is replaced by
/// what came through, and what they answer is appended to `answers`. Packets that were complete
/// before an error are still given by the stream.
std::error_code take_layered(transport::layers& through, transport::stream& stream,
                             byte_view from_wire, bytes& plain, bytes& answers);

}  // namespace mtfetch::net
