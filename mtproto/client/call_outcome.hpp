// SPDX-License-Identifier: BSL-1.0
// How one try of one call ended, before anybody has decided what to do about it.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/instant.hpp>

#include <optional>
#include <string>
#include <system_error>

namespace mtfetch::client_impl {

/// With a body, with the server's refusal, or with neither and a reason.
struct outcome {
  shared_bytes body;
  std::optional<rpc_failure> refused;
  std::error_code failed;
  std::string why;  ///< the sentence for `failed`

  bool ok() const { return !refused && !failed; }
};

/// Without an answer, for this reason; what is none of our codes is transport_errc::unreachable.
outcome failed(std::error_code code, std::string why);

/// What one call is told.
struct call_terms {
  std::string method;  ///< for sentences
  time_point deadline{};
  bool repeatable = false;
  bool fail_fast = false;   ///< the first failed try to connect ends the call
  std::uint64_t chain = 0;  ///< calls of one number run in their order; 0: in any
  std::optional<std::int64_t> takeout;
};

}  // namespace mtfetch::client_impl
