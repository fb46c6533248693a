// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/client_source.hpp"

#include <mtfetch/api/upload.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

// The engine knows sooner when an answer is late or a connection dead; this only ends what it lost
// sight of.
constexpr std::chrono::minutes call_deadline{5};
constexpr std::chrono::seconds open_deadline{20};
constexpr std::chrono::seconds cdn_open_deadline{8};  // the file is to be had elsewhere
constexpr std::size_t longest_token = 4096;

api::InputFileLocation parse_location(const shared_bytes& location) {
  auto parsed = tl::parse<api::InputFileLocation>(location.view(), location.owner());
  if (!parsed) throw error(parsed.error(), "the location of a file cannot be read");
  return std::move(*parsed);
}

// CDNs know of no takeout: theirs are without.
invoke_options call_options(std::optional<std::int64_t> takeout = {}) {
  invoke_options options;
  options.deadline = call_deadline;
  options.takeout = takeout;
  return options;
}

hash_answer hashes_in(const std::vector<api::fileHash>& answer) {
  hash_answer hashes;
  hashes.reserve(answer.size());
  for (const api::fileHash& given : answer) {
    engine::server_hash hash;
    hash.offset = given.offset;
    hash.limit = given.limit;
    const byte_view digest = given.hash.view();
    if (digest.size() != hash.sha256.size()) continue;
    std::ranges::copy(digest, hash.sha256.begin());
    hashes.push_back(hash);
  }
  return hashes;
}

// `knows_as_other`: a data centre of the network that is no CDN, which no file is sent to so.
cdn_redirect redirect_in(const api::upload::fileCdnRedirect& given, bool knows_as_other) {
  cdn_redirect to;
  const byte_view key = given.encryption_key.view();
  const byte_view iv = given.encryption_iv.view();
  if (key.size() != to.key.size() || iv.size() != to.iv.size() || given.file_token.empty() ||
      given.file_token.size() > longest_token || knows_as_other) {
    return to;
  }
  to.dc = given.dc_id;
  to.file_token = shared_bytes::copy(given.file_token.view());  // it outlives the packet
  std::ranges::copy(key, to.key.begin());
  std::ranges::copy(iv, to.iv.begin());
  to.hashes = hashes_in(given.file_hashes);
  return to;
}

asio::awaitable<part_answer> get_part(std::shared_ptr<channel> over, invoke_options how,
                                      std::set<int> no_cdns, shared_bytes location,
                                      std::int64_t offset, std::int32_t limit, cdn_support cdn) {
  api::upload::getFile ask;
  ask.cdn_supported = cdn == cdn_support::yes;
  ask.location = parse_location(location);
  ask.offset = offset;
  ask.limit = limit;
  const api::upload::File answer = co_await over->invoke(ask, how);
  const auto* file = answer.get_if<api::upload::file>();
  if (file != nullptr) co_return file->bytes;
  const auto& redirect = *answer.get_if<api::upload::fileCdnRedirect>();
  co_return redirect_in(redirect, no_cdns.contains(redirect.dc_id));
}

asio::awaitable<hash_answer> get_hashes(std::shared_ptr<channel> over, invoke_options how,
                                        shared_bytes location, std::int64_t offset) {
  api::upload::getFileHashes ask;
  ask.location = parse_location(location);
  ask.offset = offset;
  co_return hashes_in(co_await over->invoke(ask, how));
}

asio::awaitable<cdn_part_answer> get_cdn_part(std::shared_ptr<channel> over, invoke_options how,
                                              shared_bytes file_token, std::int64_t offset,
                                              std::int32_t limit) {
  api::upload::getCdnFile ask;
  ask.file_token = std::move(file_token);
  ask.offset = offset;
  ask.limit = limit;
  const api::upload::CdnFile answer = co_await over->invoke(ask, how);
  const auto* file = answer.get_if<api::upload::cdnFile>();
  if (file != nullptr) co_return file->bytes;
  reupload_needed needed;
  needed.request_token =
      shared_bytes::copy(answer.get_if<api::upload::cdnFileReuploadNeeded>()->request_token.view());
  co_return needed;
}

asio::awaitable<hash_answer> get_cdn_hashes(std::shared_ptr<channel> over, invoke_options how,
                                            shared_bytes file_token, std::int64_t offset) {
  api::upload::getCdnFileHashes ask;
  ask.file_token = std::move(file_token);
  ask.offset = offset;
  co_return hashes_in(co_await over->invoke(ask, how));
}

asio::awaitable<hash_answer> reupload(std::shared_ptr<channel> over, invoke_options how,
                                      shared_bytes file_token, shared_bytes request_token) {
  api::upload::reuploadCdnFile ask;
  ask.file_token = std::move(file_token);
  ask.request_token = std::move(request_token);
  co_return hashes_in(co_await over->invoke(ask, how));
}

std::set<int> no_cdns_of(const client& of) {
  std::set<int> others;
  for (const dc_option& option : of.known_network().dcs) {
    if (!option.cdn) others.insert(option.id);
  }
  return others;
}

asio::awaitable<open_source> open_channel(client* of, int dc, std::optional<std::int64_t> takeout) {
  invoke_options options;
  const std::set<int> no_cdns = no_cdns_of(*of);
  options.deadline = no_cdns.contains(dc) ? open_deadline : cdn_open_deadline;
  const std::shared_ptr<channel> over = co_await of->open_channel(dc, options);
  const invoke_options how = call_options(takeout);
  open_source opened;
  opened.get_part = [over, how, no_cdns](shared_bytes location, std::int64_t offset,
                                         std::int32_t limit, cdn_support cdn) {
    return get_part(over, how, no_cdns, std::move(location), offset, limit, cdn);
  };
  opened.get_cdn_part = [over](shared_bytes file_token, std::int64_t offset, std::int32_t limit) {
    return get_cdn_part(over, call_options(), std::move(file_token), offset, limit);
  };
  opened.get_cdn_hashes = [over, how](shared_bytes file_token, std::int64_t offset) {
    return get_cdn_hashes(over, how, std::move(file_token), offset);
  };
  opened.reupload = [over, how](shared_bytes file_token, shared_bytes request_token) {
    return reupload(over, how, std::move(file_token), std::move(request_token));
  };
  opened.get_hashes = [over, how](shared_bytes location, std::int64_t offset) {
    return get_hashes(over, how, std::move(location), offset);
  };
  opened.last_heard = [over] { return over->last_heard(); };
  opened.close = [over] { over->close(); };
  co_return opened;
}

}  // namespace

source client_source(client& of, std::optional<std::int64_t> takeout) {
  source made;
  made.open = [of = &of, takeout](int dc) { return open_channel(of, dc, takeout); };
  // help.getCdnConfig, which gives the keys of CDNs, answers people only.
  made.cdn = !of.is_bot();
  return made;
}

}  // namespace mtfetch::transfer
