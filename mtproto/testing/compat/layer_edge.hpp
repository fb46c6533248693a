// SPDX-License-Identifier: BSL-1.0
// The one place where older layers are known: requests go up to the newest one here, results down.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <string_view>

namespace mtfetch::testing {

/// A client speaks the layer of its invokeWithLayer. The data centre speaks the newest one, and
/// knows what was different in some older ones: a client's layer is taken as the newest of these
/// that is not above it (and as the oldest, when it is older still).
class layer_edge {
 public:
  explicit layer_edge(std::int32_t layer);

  /// Whether values have to be rewritten at all.
  bool is_older() const;
  /// A call as the newest layer spells it. One that cannot be said is left as it was: what serves
  /// it will say what is wrong.
  bytes up(byte_view call) const;
  /// A result as the client's layer spells it; empty when it cannot be said there.
  bytes down(std::string_view method, byte_view result) const;

 private:
  std::int32_t layer_;
};

}  // namespace mtfetch::testing
