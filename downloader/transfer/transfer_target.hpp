// SPDX-License-Identifier: BSL-1.0
// What one file of a transfer is written to: NAME.part with its journal, or a sink.
#pragma once

#include "downloader/sink/file_reader.hpp"
#include "downloader/transfer/ordered_sink.hpp"
#include "downloader/transfer/target_file.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace mtfetch::transfer {

/// Blocking; lives on the worker thread once it is made. Throws std::system_error. What each call
/// means stands in target_file.
class transfer_target {
 public:
  explicit transfer_target(target_file file) : kind_(std::move(file)) {}
  explicit transfer_target(ordered_sink into) : kind_(std::move(into)) {}

  /// Null for a sink.
  target_file* file() { return std::get_if<target_file>(&kind_); }

  std::vector<engine::window_record> store(const engine::part& what, const shared_bytes& data,
                                           std::int64_t prefix) {
    if (auto* sink = std::get_if<ordered_sink>(&kind_)) return sink->store(what, data);
    return file()->store(what, data, prefix);
  }
  /// The windows are judged: durable in a file, on their way through a sink.
  void checkpoint(std::span<const engine::window_record> windows, int dc) {
    if (auto* sink = std::get_if<ordered_sink>(&kind_)) return sink->release(windows);
    file()->checkpoint(windows, dc);
  }
  bool hash_rest(std::span<const engine::window_record> rest) {
    return file() == nullptr || file()->hash_rest(rest);
  }
  std::string finish() {
    if (auto* sink = std::get_if<ordered_sink>(&kind_)) return sink->finish();
    return file()->finish();
  }
  void leave() {
    if (file() != nullptr) file()->leave();
  }

 private:
  std::variant<target_file, ordered_sink> kind_;
};

}  // namespace mtfetch::transfer
