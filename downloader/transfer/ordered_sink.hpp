// SPDX-License-Identifier: BSL-1.0
// A target that is no file of ours: checked bytes, in order, each once, to a byte_sink.
#pragma once

#include "downloader/engine/integrity.hpp"
#include "downloader/engine/part_rules.hpp"
#include "mtproto/crypto/sha.hpp"

#include <mtfetch/byte_sink.hpp>
#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mtfetch::transfer {

/// What came waits in memory until it is judged and what is before it was written; the engine
/// bounds how much that is (file_plan::most_held). Blocking; lives on the worker thread. Throws
/// what the sink throws, as std::system_error.
class ordered_sink {
 public:
  ordered_sink(byte_sink into, std::int64_t size, bool whole_file_sha256)
      : into_(std::move(into)), size_(size), whole_(whole_file_sha256) {}

  /// Hashes the part's windows and keeps them. The part consists of whole windows.
  std::vector<engine::window_record> store(const engine::part& what, const shared_bytes& data);
  /// These windows are judged: they are written as soon as all before them are.
  void release(std::span<const engine::window_record> windows);
  /// Every window is judged. Gives the SHA-256 in hex, empty when it was not wanted.
  std::string finish();

 private:
  struct held {
    shared_bytes data;
    bool judged = false;
  };
  void write();

  byte_sink into_;
  std::int64_t size_;
  bool whole_;
  std::int64_t written_ = 0;
  std::exception_ptr failed_;          // what it threw; it is not called again
  std::map<std::int64_t, held> held_;  // windows by offset
  crypto::sha256_stream stream_;
};

}  // namespace mtfetch::transfer
