// SPDX-License-Identifier: BSL-1.0
// Where bytes may go other than into a file: whatever these callables do with them.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <functional>

namespace mtfetch {

/// Takes the bytes of one file in order, each exactly once, checked before it is given them where
/// the server has hashes. Up to 40 MiB wait in memory for those that come before them.
///
/// All but `interrupt` are called on the download's worker thread, never two at a time, and may
/// block: then the download waits, and asks for no more than what memory is set aside for. What
/// they throw as std::system_error, or any other std::exception, ends the download as its failure.
/// Make one by name and pass it; never as a braced temporary inside a co_await.
struct byte_sink {
  /// `offset` is how much was written before.
  std::function<void(std::int64_t offset, byte_view data)> write;
  std::function<void()> sync;    ///< may be empty; once, after the last write
  std::function<void()> finish;  ///< may be empty; once, after sync: every byte was written
  /// May be empty. The download is over, perhaps before its end: a `write` that blocks should
  /// throw. Called on any thread, also more than once, also where nothing blocks.
  std::function<void()> interrupt;
};

}  // namespace mtfetch
