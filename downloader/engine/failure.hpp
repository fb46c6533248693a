// SPDX-License-Identifier: BSL-1.0
// What an rpc_error means to a download.
#pragma once

#include <mtfetch/error.hpp>

#include <cstdint>
#include <string>

namespace mtfetch::engine {

enum class failure_kind {
  flood,         ///< wait, then go on; never an error
  migrate,       ///< the file lies in another data centre
  reference,     ///< the file reference has lapsed
  unauthorized,  ///< this connection's key is not signed in
  again,         ///< the server's trouble: try again later
  fatal,         ///< asking again would not help
};

/// `argument` is the number of seconds for a flood and the data centre for a migration.
struct failure_class {
  failure_kind kind = failure_kind::fatal;
  std::int32_t argument = 0;
};

/// https://core.telegram.org/api/errors
failure_class classify(const rpc_failure& failure);

/// What is told of one that ends a file.
std::string sentence_of(const rpc_failure& failure);

}  // namespace mtfetch::engine
