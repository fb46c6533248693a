// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/client_source.hpp"

#include <mtfetch/api/upload.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace mtfetch::transfer {
namespace {

// The engine knows sooner when an answer is late or a connection dead; this only ends what it lost
// sight of.
constexpr std::chrono::minutes call_deadline{5};
constexpr std::chrono::seconds open_deadline{20};

api::InputFileLocation parse_location(const shared_bytes& location) {
  auto parsed = tl::parse<api::InputFileLocation>(location.view(), location.owner());
  if (!parsed) throw error(parsed.error(), "the location of a file cannot be read");
  return std::move(*parsed);
}

asio::awaitable<shared_bytes> get_part(std::shared_ptr<channel> over, shared_bytes location,
                                       std::int64_t offset, std::int32_t limit,
                                       std::optional<std::int64_t> takeout) {
  api::upload::getFile ask;
  ask.location = parse_location(location);
  ask.offset = offset;
  ask.limit = limit;
  invoke_options options;
  options.deadline = call_deadline;
  options.takeout = takeout;
  const api::upload::File answer = co_await over->invoke(ask, options);
  const auto* file = answer.get_if<api::upload::file>();
  if (file == nullptr) {  // cdn_supported was not set, so this is a server against its own rules
    throw error(make_error_code(protocol_errc::wrong_constructor),
                "the server sends the file through a CDN that was not asked for");
  }
  co_return file->bytes;
}

asio::awaitable<std::vector<engine::server_hash>> get_hashes(std::shared_ptr<channel> over,
                                                             shared_bytes location,
                                                             std::int64_t offset,
                                                             std::optional<std::int64_t> takeout) {
  api::upload::getFileHashes ask;
  ask.location = parse_location(location);
  ask.offset = offset;
  invoke_options options;
  options.deadline = call_deadline;
  options.takeout = takeout;
  const auto answer = co_await over->invoke(ask, options);
  std::vector<engine::server_hash> hashes;
  hashes.reserve(answer.size());
  for (const auto& given : answer) {
    engine::server_hash hash;
    hash.offset = given.offset;
    hash.limit = given.limit;
    const byte_view digest = given.hash.view();
    if (digest.size() != hash.sha256.size()) continue;
    std::ranges::copy(digest, hash.sha256.begin());
    hashes.push_back(hash);
  }
  co_return hashes;
}

asio::awaitable<open_source> open_channel(client* of, int dc, std::optional<std::int64_t> takeout) {
  invoke_options options;
  options.deadline = open_deadline;
  const std::shared_ptr<channel> over = co_await of->open_channel(dc, options);
  open_source opened;
  opened.get_part = [over, takeout](shared_bytes location, std::int64_t offset,
                                    std::int32_t limit) {
    return get_part(over, std::move(location), offset, limit, takeout);
  };
  opened.get_hashes = [over, takeout](shared_bytes location, std::int64_t offset) {
    return get_hashes(over, std::move(location), offset, takeout);
  };
  opened.last_heard = [over] { return over->last_heard(); };
  opened.close = [over] { over->close(); };
  co_return opened;
}

}  // namespace

source client_source(client& of, std::optional<std::int64_t> takeout) {
  source made;
  made.open = [of = &of, takeout](int dc) { return open_channel(of, dc, takeout); };
  return made;
}

}  // namespace mtfetch::transfer
