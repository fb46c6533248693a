// SPDX-License-Identifier: BSL-1.0
#include "fake_server.hpp"

#include "downloader/engine/part_rules.hpp"
#include "mtproto/crypto/sha.hpp"

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <cstring>

namespace mtfetch::transfer {
namespace {

[[noreturn]] void refuse(std::int32_t code, const std::string& message) {
  throw rpc_error(rpc_failure::parse(code, message), "upload.getFile");
}

asio::awaitable<void> pause(std::chrono::microseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

bytes file_bytes(std::int64_t id, std::int64_t offset, std::int64_t size) {
  bytes data(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < data.size();) {
    const std::uint64_t at = static_cast<std::uint64_t>(offset) + i;
    std::uint64_t word = (at / 8 + 1) * 0x9e3779b97f4a7c15U ^ static_cast<std::uint64_t>(id);
    word ^= word >> 29U;
    word *= 0xbf58476d1ce4e5b9U;
    std::uint8_t eight[8];
    std::memcpy(eight, &word, 8);
    const std::size_t begin = at % 8;
    const std::size_t count = std::min(8 - begin, data.size() - i);
    std::memcpy(data.data() + i, eight + begin, count);
    i += count;
  }
  return data;
}

std::string sha256_hex(byte_view data) {
  std::string text;
  for (const std::uint8_t byte : crypto::sha256(data)) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

media fake_server::add(std::int64_t id, std::int64_t size, std::string name, int dc) {
  files_[id] = entry{size, dc, 0};
  media made;
  made.id = id;
  made.size = size;
  made.file_name = std::move(name);
  made.dc = dc;
  made.location = location(id, 0);
  made.origin.link = "t.me/files/1";
  return made;
}

source fake_server::make_source() {
  source made;
  made.open = [self = shared_from_this()](int dc) { return self->open(dc); };
  made.refresh = [self = shared_from_this()](std::vector<media> lapsed) {
    return self->refresh(std::move(lapsed));
  };
  return made;
}

shared_bytes fake_server::location(std::int64_t id, int reference) {
  return shared_bytes::copy(as_bytes(std::to_string(id) + ":" + std::to_string(reference)));
}

fake_server::entry& fake_server::find(const shared_bytes& where, int dc, std::int64_t* id) {
  const std::string text(as_text(where.view()));
  const std::size_t colon = text.find(':');
  *id = std::stoll(text.substr(0, colon));
  const auto found = files_.find(*id);
  if (found == files_.end()) refuse(400, "LOCATION_INVALID");
  if (found->second.dc != dc) {
    ++migrations;
    refuse(303, "FILE_MIGRATE_" + std::to_string(found->second.dc));
  }
  if (wants_new_reference) {
    wants_new_reference = false;
    ++found->second.reference;
  }
  if (std::stoi(text.substr(colon + 1)) != found->second.reference) {
    refused.insert(*id);
    refuse(400, "FILE_REFERENCE_EXPIRED");
  }
  return found->second;
}

asio::awaitable<open_source> fake_server::open(int dc) {
  const auto self = shared_from_this();
  const std::size_t n = opened++;
  co_await pause(answer_time);
  if (on_open) on_open(n);
  open_source made;
  made.get_part = [self, dc](shared_bytes where, std::int64_t offset, std::int32_t limit,
                             cdn_support) {
    return self->get_part(dc, std::move(where), offset, limit);
  };
  made.get_hashes = [self, dc](shared_bytes where, std::int64_t offset) {
    return self->get_hashes(dc, std::move(where), offset);
  };
  if (drips) made.last_heard = [] { return std::chrono::steady_clock::now(); };
  made.close = [self] { ++self->closed; };
  co_return made;
}

asio::awaitable<part_answer> fake_server::get_part(int dc, shared_bytes where, std::int64_t offset,
                                                   std::int32_t limit) {
  const auto self = shared_from_this();
  const std::size_t n = part_requests++;
  parts.emplace_back(offset, limit);
  if (never_answers && never_answers(n)) co_await pause(std::chrono::hours(1));
  co_await pause(answer_time);
  std::int64_t id = 0;
  const entry file = find(where, dc, &id);
  if (!engine::obeys_part_rules(offset, limit)) refuse(400, "OFFSET_INVALID");
  const std::int64_t size = std::clamp<std::int64_t>(file.size - offset, 0, limit);
  bytes data = file_bytes(id, offset, size);
  const std::int64_t middle = size / 2;
  const std::size_t answer = answers_++;
  if (spoils && spoils(answer) && size > 0 &&
      spoiled_.emplace(id, (offset + middle) / engine::hash_window).second) {
    data.at(static_cast<std::size_t>(middle)) ^= 1U;
  }
  if (on_part) on_part(answer, data);
  bytes_served += static_cast<std::int64_t>(data.size());
  co_return shared_bytes(std::move(data));
}

asio::awaitable<std::vector<engine::server_hash>> fake_server::get_hashes(int dc,
                                                                          shared_bytes where,
                                                                          std::int64_t offset) {
  const auto self = shared_from_this();
  const std::size_t n = hash_requests++;
  co_await pause(answer_time);
  std::int64_t id = 0;
  const entry file = find(where, dc, &id);
  if (on_hashes) on_hashes(n);
  std::vector<engine::server_hash> hashes;
  for (int i = 0; i < 10 && offset < file.size && has_hashes; ++i) {
    engine::server_hash hash;
    hash.offset = offset;
    hash.limit = static_cast<std::int32_t>(engine::hash_window);
    hash.sha256 =
        crypto::sha256(file_bytes(id, offset, std::min(engine::hash_window, file.size - offset)));
    hashes.push_back(hash);
    offset += engine::hash_window;
  }
  co_return hashes;
}

void fake_server::expire_references() {
  for (auto& [id, file] : files_) ++file.reference;
}

asio::awaitable<std::vector<refreshed_media>> fake_server::refresh(std::vector<media> lapsed) {
  const auto self = shared_from_this();
  const std::size_t n = refreshed++;
  most_refreshed = std::max(most_refreshed, lapsed.size());
  co_await pause(answer_time);
  if (on_refresh) on_refresh(n);
  std::vector<refreshed_media> out;
  for (media& file : lapsed) {
    refreshed_media& fresh = out.emplace_back();
    fresh.file = std::move(file);
    if (gone.contains(fresh.file.id)) {
      fresh.code = make_error_code(link_errc::not_found);
      fresh.error = "there is no message " + std::to_string(fresh.file.id);
    } else if (refresh_fails) {
      fresh.code = refresh_fails->code();
      fresh.error = refresh_fails->what();
    } else {
      fresh.file.location = location(fresh.file.id, files_.at(fresh.file.id).reference);
    }
  }
  co_return out;
}

}  // namespace mtfetch::transfer
