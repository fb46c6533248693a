// SPDX-License-Identifier: BSL-1.0
// Takes the wrappers off a call: invokeWithLayer, initConnection, invokeAfterMsg and their like.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <variant>
#include <vector>

#include "mtproto/testing/world/caller.hpp"

namespace mtfetch::testing {

struct unwrapped_call {
  shared_bytes query;                 ///< the method itself
  std::optional<std::int32_t> layer;  ///< of the innermost invokeWithLayer
  bool initialised = false;           ///< initConnection was there
  std::int32_t api_id = 0;            ///< from initConnection
  std::vector<std::int64_t> after;    ///< the calls that must be done first
  bool without_updates = false;
  std::optional<std::int64_t> takeout;  ///< from invokeWithTakeout
  bool bare = true;                     ///< no wrapper but invokeWithLayer and initConnection
};

/// In any order and nested up to a limit; gzip_packed may stand anywhere between.
/// https://core.telegram.org/api/invoking
std::variant<unwrapped_call, refusal> unwrap(const shared_bytes& call);

}  // namespace mtfetch::testing
