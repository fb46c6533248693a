// SPDX-License-Identifier: BSL-1.0
// One file being made: its name, NAME.part, its journal, and the hashes of what lies in it.
#pragma once

#include "downloader/catalogue/window_digests.hpp"
#include "downloader/engine/integrity.hpp"
#include "downloader/engine/part_rules.hpp"
#include "downloader/journal/journal.hpp"
#include "downloader/sink/file_calls.hpp"
#include "downloader/sink/part_file.hpp"
#include "downloader/transfer/examination.hpp"
#include "downloader/transfer/taken_names.hpp"
#include "downloader/transfer/whole_hash.hpp"

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mtfetch::transfer {

/// What is to be made, and how.
struct target_wish {
  std::filesystem::path name;
  file_identity identity;
  bool look_for_unclaimed = true;  ///< hash bytes that no journal vouches for: a server may
  bool whole_file_sha256 = true;
  /// Those of the run's other files are passed over; may be null. Gets what is found to be taken.
  std::shared_ptr<taken_names> names;
  sink::file_calls calls = sink::file_calls::system();
};

/// Blocking; lives on the worker thread once it is claimed. Throws mtfetch::error.
class target_file {
 public:
  /// Finds the name: that of an interrupted download of the same file, else the first free one of
  /// "NAME", "NAME (1)" ... Names under which others are making other files are not free; one under
  /// which they make this one is storage_errc::locked. Nothing else is asked of it before
  /// `examine` has said true.
  static target_file claim(const target_wish& wish);
  /// Whatever an earlier run left is hashed again before it is believed: a few MiB at each call,
  /// until it gives true. Then there is room on the disk as well.
  bool examine();

  const std::filesystem::path& name() const { return name_; }
  /// Windows whose bytes are as the journal says.
  const std::vector<engine::window_record>& complete() const { return complete_; }
  /// Windows that no journal speaks of but that were written.
  const std::vector<engine::window_record>& candidates() const { return candidates_; }
  const std::vector<std::string>& notes() const { return notes_; }
  int known_dc() const { return journal_.dc(); }
  /// Where the bytes lie until finish().
  const std::filesystem::path& written_path() const { return part_.path(); }

  /// Hashes the part's windows and writes it; a part of a window gives that window with its last
  /// part. Everything below `prefix` is complete.
  std::vector<engine::window_record> store(const engine::part& what, byte_view data,
                                           std::int64_t prefix);
  /// Data first, then the journal. What failed is tried again by the next call.
  void checkpoint(std::span<const engine::window_record> windows, int dc);
  /// The file is whole; `rest` is complete and was in no checkpoint: the next one, if there still
  /// is one, has it. Hashes a few MiB of the file that were not yet; true when `finish` has none
  /// to.
  bool hash_rest(std::span<const engine::window_record> rest);
  /// Gives its SHA-256 in hex, empty when it was not wanted; name() is its own.
  std::string finish();
  /// Of every window, once it is finished.
  const window_digests& digests() const { return digests_; }
  /// It is given up for now. What holds bytes stays for the next run; names that hold none go.
  void leave();

 private:
  std::vector<engine::window_record> hash(const engine::part& what, byte_view data,
                                          std::int64_t prefix);
  whole_hash::reader reader() const;
  target_file(std::filesystem::path name, const target_wish& wish, sink::part_file part,
              journal kept);
  static std::optional<target_file> claim_name(const std::filesystem::path& name,
                                               const target_wish& wish,
                                               std::vector<std::string>& passed);
  void remember(std::span<const engine::window_record> windows);

  std::filesystem::path name_;
  std::filesystem::path wanted_;
  std::int64_t size_ = 0;
  bool whole_ = true;
  sink::part_file part_;
  journal journal_;
  std::optional<examination> left_;  // by an earlier run; until it is examined
  std::vector<engine::window_record> complete_;
  std::vector<engine::window_record> candidates_;
  window_digests digests_;  // of what is complete
  std::vector<engine::window_record> unrecorded_;
  std::vector<std::string> notes_;
  whole_hash hash_;
  std::map<std::int64_t, std::int64_t> pieces_;  // bytes there of windows that are not whole
  bool is_finished_ = false;
};

}  // namespace mtfetch::transfer
