// SPDX-License-Identifier: BSL-1.0
// Where a transfer gets its bytes from, as callables: a client's channels, or a test's own.
#pragma once

#include "downloader/engine/integrity.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/media.hpp>

#include <asio/awaitable.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

namespace mtfetch::transfer {

/// The file is to be had from a CDN, encrypted with this key.
/// https://core.telegram.org/constructor/upload.fileCdnRedirect
struct cdn_redirect {
  int dc = 0;  ///< 0: what the server sent cannot be followed
  shared_bytes file_token;
  std::array<std::uint8_t, 32> key{};
  std::array<std::uint8_t, 16> iv{};
  std::vector<engine::server_hash> hashes;
};
/// https://core.telegram.org/constructor/upload.cdnFileReuploadNeeded
struct reupload_needed {
  shared_bytes request_token;
};
/// The bytes of one part, a slice of the buffer they were received in; or where else it is.
using part_answer = std::variant<shared_bytes, cdn_redirect>;
using cdn_part_answer = std::variant<shared_bytes, reupload_needed>;  ///< bytes still encrypted
using hash_answer = std::vector<engine::server_hash>;

enum class cdn_support { no, yes };  ///< whether the answer may be a redirect

/// One open connection to a data centre. The calls throw rpc_error or another std::system_error,
/// and end with asio::error::operation_aborted when they are cancelled.
struct open_source {
  /// upload.getFile
  std::function<asio::awaitable<part_answer>(shared_bytes location, std::int64_t offset,
                                             std::int32_t limit, cdn_support cdn)>
      get_part;
  /// Hashes from this offset on. (upload.getFileHashes)
  std::function<asio::awaitable<hash_answer>(shared_bytes location, std::int64_t offset)>
      get_hashes;
  /// When bytes came last, also of an answer that is not whole yet. May be empty.
  std::function<time_point()> last_heard;
  // The rest only where source::cdn is true: at a CDN
  /// upload.getCdnFile
  std::function<asio::awaitable<cdn_part_answer>(shared_bytes file_token, std::int64_t offset,
                                                 std::int32_t limit)>
      get_cdn_part;
  // and at the data centre that sent there.
  /// upload.getCdnFileHashes
  std::function<asio::awaitable<hash_answer>(shared_bytes file_token, std::int64_t offset)>
      get_cdn_hashes;
  /// upload.reuploadCdnFile
  std::function<asio::awaitable<hash_answer>(shared_bytes file_token, shared_bytes request_token)>
      reupload;
  std::function<void()> close;
};

struct source {
  std::function<asio::awaitable<open_source>(int dc)> open;
  /// The same files, in their order, with file references read anew: at most a hundred, all from
  /// one chat. What concerns one file alone is told in its place; what is thrown concerns the call:
  /// a flood wait is waited for, an error of the transport or the server's own is tried again.
  std::function<asio::awaitable<std::vector<refreshed_media>>(std::vector<media> lapsed)> refresh;
  bool cdn = false;  ///< files may come from CDNs
};

/// A `source::refresh` out of one that reads the reference of one file: one after the other. What
/// it throws with a link_errc or storage_errc is told in the file's place.
std::function<asio::awaitable<std::vector<refreshed_media>>(std::vector<media> lapsed)>
refresh_each(std::function<asio::awaitable<media>(media lapsed)> one);

}  // namespace mtfetch::transfer
