// SPDX-License-Identifier: BSL-1.0
// A server without a network: files made from a seed, given through the callables of a source.
#pragma once

#include "downloader/transfer/source.hpp"

#include <mtfetch/error.hpp>
#include <mtfetch/media.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {

/// The bytes [offset, offset + size) of the file with this id: the same for ever.
bytes file_bytes(std::int64_t id, std::int64_t offset, std::int64_t size);
std::string sha256_hex(byte_view data);

class fake_server : public std::enable_shared_from_this<fake_server> {
 public:
  /// What is done to the n-th answer to a request for a part: bytes changed, an error thrown, or
  /// nothing. A request that is dropped before its answer, as a busy machine's copies are, does not
  /// count.
  using part_fault = std::function<void(std::size_t n, bytes& data)>;

  media add(std::int64_t id, std::int64_t size, std::string name, int dc = 2);
  source make_source();

  /// Whether a byte in the middle of the n-th answer is wrong. Each hash window is spoiled once at
  /// most: a window that happens to meet the fault again and again would rightly fail its file.
  std::function<bool(std::size_t n)> spoils;
  part_fault on_part;                                // may throw rpc_error
  std::function<void(std::size_t n)> on_hashes;      // may throw
  std::function<void(std::size_t n)> on_open;        // may throw
  std::function<bool(std::size_t n)> never_answers;  // the n-th part request
  std::chrono::microseconds answer_time{200};
  bool has_hashes = true;
  bool wants_new_reference = false;
  std::optional<error> refresh_fails;
  std::set<std::int64_t> gone;                    // files whose messages were deleted
  std::function<void(std::size_t n)> on_refresh;  // may throw: the n-th call
  /// Every reference given so far is refused.
  void expire_references();

  std::size_t part_requests = 0;
  bool drips = false;          // bytes of its answers come all the time
  std::size_t migrations = 0;  // calls refused with FILE_MIGRATE
  std::size_t hash_requests = 0;
  std::size_t opened = 0;
  std::size_t closed = 0;
  std::size_t refreshed = 0;       // calls
  std::size_t most_refreshed = 0;  // files in one of them
  std::set<std::int64_t> refused;  // files that were refused for their references
  std::int64_t bytes_served = 0;
  std::vector<std::pair<std::int64_t, std::int32_t>> parts;

 private:
  struct entry {
    std::int64_t size = 0;
    int dc = 2;
    int reference = 0;
  };
  // The location of a file here: its id and reference, as text.
  static shared_bytes location(std::int64_t id, int reference);
  entry& find(const shared_bytes& location, int dc, std::int64_t* id);
  asio::awaitable<open_source> open(int dc);
  asio::awaitable<part_answer> get_part(int dc, shared_bytes where, std::int64_t offset,
                                        std::int32_t limit);
  asio::awaitable<std::vector<engine::server_hash>> get_hashes(int dc, shared_bytes where,
                                                               std::int64_t offset);
  asio::awaitable<std::vector<refreshed_media>> refresh(std::vector<media> lapsed);

  std::map<std::int64_t, entry> files_;
  std::size_t answers_ = 0;
  std::set<std::pair<std::int64_t, std::int64_t>> spoiled_;  // file, hash window
};

}  // namespace mtfetch::transfer
