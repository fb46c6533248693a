// SPDX-License-Identifier: BSL-1.0
// Feeds a layer in pieces, and reads what it says.
#pragma once

#include <mtfetch/error.hpp>

#include "mtproto/transport/layers.hpp"
#include "tests/transport/wire.hpp"

namespace mtfetch::transport {

inline bytes text(std::string_view of) {
  return {of.begin(), of.end()};
}

/// What came of feeding a layer.
struct fed {
  std::error_code failed;
  bytes plain;
  bytes wire;  ///< answers, without what start() said
};

/// Starts the layer and feeds it the data, cut in two at `cut`; SIZE_MAX: byte by byte.
template <class Layer>
fed feed(Layer& to, byte_view data, std::size_t cut) {
  fed out;
  bytes opening;
  to.start(opening);
  const auto give = [&](byte_view piece) {
    if (!out.failed && !piece.empty()) out.failed = to.receive(piece, out.plain, out.wire);
  };
  if (cut == SIZE_MAX) {
    for (const std::uint8_t& b : data) give(byte_view(&b, 1));
  } else {
    give(data.first(cut));
    give(data.subspan(cut));
  }
  return out;
}

/// Feeds a fresh layer at every cut, and byte by byte; `check` is called with each outcome.
template <class Make, class Check>
void feed_at_every_cut(const Make& make, byte_view data, const Check& check) {
  for (std::size_t cut = 0; cut <= data.size(); ++cut) {
    auto one = make();
    check(one, feed(one, data, cut));
  }
  auto one = make();
  check(one, feed(one, data, SIZE_MAX));
}

}  // namespace mtfetch::transport
