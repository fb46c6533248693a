// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/ordered_sink.hpp"

#include "downloader/transfer/digests.hpp"

#include <mtfetch/error.hpp>

#include <new>
#include <utility>

namespace mtfetch::transfer {
namespace {

// What callables of the user's throw becomes an error of the file, and never ends the worker.
template <class Call, class... Arguments>
void call(const Call& of_user, const Arguments&... arguments) {
  if (!of_user) return;
  try {
    of_user(arguments...);
  } catch (const std::system_error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& other) {
    throw error(std::make_error_code(std::errc::io_error), other.what());
  }
}

}  // namespace

std::vector<engine::window_record> ordered_sink::store(const engine::part& what,
                                                       const shared_bytes& data) {
  std::vector<engine::window_record> windows = hash_windows(what, data);
  for (const engine::window_record& window : windows) {
    held& kept = held_[window.offset];  // in place of one that turned out to be damaged
    kept.data = data.slice(static_cast<std::size_t>(window.offset - what.offset),
                           static_cast<std::size_t>(window.size));
  }
  return windows;
}

void ordered_sink::release(std::span<const engine::window_record> windows) {
  for (const engine::window_record& window : windows) {
    const auto there = held_.find(window.offset);
    if (there != held_.end()) there->second.judged = true;
  }
  write();
}

void ordered_sink::write() {
  if (failed_) std::rethrow_exception(failed_);
  for (auto next = held_.begin();
       next != held_.end() && next->first == written_ && next->second.judged;
       next = held_.erase(next)) {
    const byte_view data = next->second.data;
    try {
      call(into_.write, written_, data);
    } catch (const std::exception&) {
      failed_ = std::current_exception();
      throw;
    }
    if (whole_) stream_.update(data);
    written_ += static_cast<std::int64_t>(data.size());
  }
}

std::string ordered_sink::finish() {
  for (auto& [offset, kept] : held_) kept.judged = true;
  write();
  if (written_ != size_) {
    throw error(make_error_code(storage_errc::size_mismatch),
                "only " + std::to_string(written_) + " of " + std::to_string(size_) +
                    " bytes were there to be written");
  }
  call(into_.sync);
  call(into_.finish);
  return whole_ ? hex(stream_.finish()) : std::string();
}

}  // namespace mtfetch::transfer
