// SPDX-License-Identifier: BSL-1.0
// Where one file's parts are asked for: at its master data centre, or at a CDN it was sent to.
#pragma once

#include "downloader/engine/decision.hpp"
#include "downloader/engine/range_set.hpp"

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <string>

namespace mtfetch::engine {

/// What a CDN may do before a file goes back to its master data centre.
struct cdn_limits {
  int renewals = 3;             ///< of a file token, without a byte in between
  int reuploads = 3;            ///< the same
  int bad_windows = 3;          ///< of one file
  int missing_hashes = 2;       ///< answers in a row without the hash asked for
  int attempts = 3;             ///< of one part, or of one question about the file
  int connection_failures = 2;  ///< in a row, without a byte in between
  /// With requests outstanding and no answer at all: time for a dead connection to be noticed and
  /// for another to answer.
  duration silence = std::chrono::seconds(15);
  /// After each such time with as much asked of it as may be, its goodput is compared with what the
  /// master's was.
  duration trial = std::chrono::seconds(8);
  double least_share = 0.25;                     ///< of the master's goodput
  duration rest = std::chrono::seconds(5 * 60);  ///< a CDN that failed is not gone to for so long
};

/// A file's way over a CDN. https://core.telegram.org/cdn
///
/// The master data centre may answer a part with a redirect, where it was told that CDNs are
/// supported; from then on parts are asked for at the CDN, and all questions about the file (its
/// hashes, having it uploaded to the CDN anew) at the master. A token that has lapsed is renewed by
/// asking the master for one part. A CDN is not trusted: it is known of each byte that came from
/// one, so that nothing of it counts without a hash. `leave` is final for the file.
class cdn_route {
 public:
  cdn_route(bool allowed, cdn_limits limits)
      : at_(allowed ? stage::open : stage::closed), limits_(limits) {}

  bool following() const { return at_ == stage::following; }
  bool renewing() const { return at_ == stage::renewing; }
  /// The master may send the file to a CDN.
  bool may_redirect() const { return at_ == stage::open || renewing(); }
  /// No part may be asked for: the CDN has yet to be given the file.
  bool waits_for_reupload() const { return following() && upload_ != upload::none; }
  int parts_dc(int master) const { return following() ? dc_ : master; }
  part_call part_calls() const;
  hash_call hash_calls() const {
    return following() ? hash_call::cdn_hashes : hash_call::file_hashes;
  }

  /// The master had `goodput` (bytes a second, 0 for unknown). The CDN brought `brought` bytes so
  /// far, to any file, and was as busy as it may be for `busy`: time in which less was asked of it
  /// (a pause, a slow reader or disk, a reupload) says nothing of its goodput.
  void on_redirect(int dc, double goodput, std::int64_t brought, duration busy);
  void on_part_of_cdn(range part);
  void on_part_of_master(range part);
  /// Whether any byte of it came from a CDN and is not judged yet.
  bool brought(range window) const { return from_cdn_.intersects(window); }
  void on_judged(range window) { from_cdn_.remove(window); }

  // Each of these says whether the CDN may go on.
  bool on_bad_window() { return ++bad_windows_ < limits_.bad_windows; }
  bool on_hashes(bool useful);
  /// A new token is to be had from the master. Parts under way may still come.
  bool on_token_lapsed();
  /// `round` is what `round()` was when the part was asked for.
  bool on_reupload_needed(unsigned round);
  /// False when what came since the last time is much less than the master would have brought.
  bool keeps_up(std::int64_t brought, duration busy);

  unsigned round() const { return round_; }  ///< of reuploads
  unsigned token() const { return token_; }  ///< the number of the redirect that is followed
  bool wants_reupload() const { return following() && upload_ == upload::wanted; }
  void on_reupload_sent() { upload_ = upload::under_way; }
  void on_reupload_lost();
  void on_reuploaded();

  /// After how much busy time of the CDN keeps_up() is to be asked again.
  duration trial_ends() const { return following() ? trial_ends_ : duration::max(); }

  void leave(std::string why);
  /// Why the file is fetched from the master again; empty where it is not.
  const std::string& left_because() const { return why_; }

 private:
  enum class stage { closed, open, following, renewing };
  enum class upload { none, wanted, under_way };

  stage at_ = stage::closed;
  cdn_limits limits_;
  int dc_ = 0;
  upload upload_ = upload::none;
  unsigned round_ = 0;
  unsigned token_ = 0;
  int renewals_ = 0;
  int reuploads_ = 0;
  int bad_windows_ = 0;
  int missing_hashes_ = 0;
  double master_goodput_ = 0;
  std::int64_t brought_before_ = 0;
  duration trial_began_{0};
  duration trial_ends_ = duration::max();
  range_set from_cdn_;
  std::string why_;
};

}  // namespace mtfetch::engine
