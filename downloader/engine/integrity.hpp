// SPDX-License-Identifier: BSL-1.0
// Compares what arrived with the SHA-256 hashes that the server gives for windows of 128 KiB.
#pragma once

#include "downloader/engine/ids.hpp"
#include "downloader/engine/range_set.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace mtfetch::engine {

/// A fileHash as the server gave it. https://core.telegram.org/constructor/fileHash
struct server_hash {
  std::int64_t offset = 0;
  std::int32_t limit = 0;
  digest sha256{};
};

/// A hash window whose bytes are in the file, with the SHA-256 of those bytes.
struct window_record {
  std::int64_t offset = 0;
  std::int32_t size = 0;
  digest sha256{};
  bool verified = false;  ///< the server's hash was the same

  range bytes() const { return {offset, offset + size}; }
  friend bool operator==(const window_record&, const window_record&) = default;
};

enum class verdict {
  good,       ///< as the server's hash
  unchecked,  ///< the server has no hash for it, or none was wanted
  waiting,    ///< the server's hash is not known yet
  bad,        ///< not as the server's hash
};

struct judgement {
  window_record window;
  verdict outcome = verdict::waiting;
};

/// Data and hashes arrive in any order, and the sizes of parts and of hash answers have nothing to
/// do with each other. Hashes that do not lie on the grid of 128 KiB are passed over; a server that
/// answers twice without the hash asked for is taken to have none.
class integrity {
 public:
  integrity(std::int64_t size, bool compare);

  /// Windows that need no hash: complete from an earlier run.
  void skip(range complete);

  /// The next range to ask hashes for, if it begins below `up_to` or a window in it is stored; it
  /// counts as asked then.
  std::optional<range> ask(std::int64_t up_to);
  /// The next range within these windows, whatever comes before them.
  std::optional<range> ask_within(range wanted);
  /// A question was lost; it may be asked again.
  void on_lost(range asked);
  /// The answer; gives the windows that it decides.
  std::vector<judgement> on_hashes(range asked, std::span<const server_hash> hashes);
  /// Hashes that nobody asked for: of a redirect to a CDN, say. So many at most are looked at.
  std::vector<judgement> on_unasked(std::span<const server_hash> hashes);
  static constexpr std::size_t most_unasked = 1024;
  /// Whether an answer has the hash that was asked for.
  bool answers(range asked, std::span<const server_hash> hashes) const;
  /// The server has no hashes; whatever waits for one is decided as unchecked.
  std::vector<judgement> give_up();

  judgement on_stored(window_record window);

  /// Below this offset every hash is known, or known to be absent.
  std::int64_t answered_below() const;
  bool comparing() const { return comparing_; }
  std::size_t questions() const { return questions_; }

 private:
  judgement compare(window_record window, const digest& expected) const;
  std::optional<range> gap_of_waiting() const;
  bool fits_grid(const server_hash& hash) const;
  void learn(const server_hash& hash, std::vector<judgement>& decided);

  std::int64_t size_ = 0;
  bool comparing_ = true;
  range_set unknown_;                              // not asked for yet
  range_set unanswered_;                           // not asked for, or asked for and not answered
  std::int64_t span_ = 0;                          // how far one answer reaches, once known
  std::size_t questions_ = 0;                      // outstanding
  int fruitless_ = 0;                              // answers in a row without the hash asked for
  std::map<std::int64_t, digest> expected_;        // of windows not stored yet
  std::map<std::int64_t, window_record> waiting_;  // stored, hash not known yet
};

}  // namespace mtfetch::engine
