// SPDX-License-Identifier: BSL-1.0
// Where a transfer gets its bytes from, as callables: a client's channels, or a test's own.
#pragma once

#include "downloader/engine/integrity.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/media.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace mtfetch::transfer {

/// One open connection to a data centre. The calls throw rpc_error or another std::system_error,
/// and end with asio::error::operation_aborted when they are cancelled.
struct open_source {
  /// The bytes of one part, a slice of the buffer they were received in. (upload.getFile)
  std::function<asio::awaitable<shared_bytes>(shared_bytes location, std::int64_t offset,
                                              std::int32_t limit)>
      get_part;
  /// Hashes from this offset on. (upload.getFileHashes)
  std::function<asio::awaitable<std::vector<engine::server_hash>>(shared_bytes location,
                                                                  std::int64_t offset)>
      get_hashes;
  /// When bytes came last, also of an answer that is not whole yet. May be empty.
  std::function<time_point()> last_heard;
  std::function<void()> close;
};

struct source {
  std::function<asio::awaitable<open_source>(int dc)> open;
  /// The same file with a file reference read anew.
  std::function<asio::awaitable<media>(media lapsed)> refresh;
};

}  // namespace mtfetch::transfer
