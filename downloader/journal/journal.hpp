// SPDX-License-Identifier: BSL-1.0
// NAME.part.journal: which windows of NAME.part are durable, and of which file on the server.
#pragma once

#include "downloader/engine/integrity.hpp"

#include <mtfetch/error.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mtfetch {

namespace journal_impl {
class database;
}

/// What makes two downloads the same file: the document or photo, its size variant, its bytes.
struct file_identity {
  std::int64_t id = 0;
  std::int64_t size = 0;
  std::string variant;  ///< the thumb_size of a photo, empty for a document
  friend bool operator==(const file_identity&, const file_identity&) = default;
};

/// A small SQLite database (WAL, synced when it is checkpointed), one for each file, so that it
/// moves and goes with the file, damage stays with one file, and no two processes wait for each
/// other.
///
/// It only ever claims what is durable: the caller syncs the data before it calls `record`. Throws
/// mtfetch::error that names the path: storage_errc::no_space or bad_journal. One thread at a time;
/// opened under the lock of NAME.part.
class journal {
 public:
  enum class found {
    fresh,    ///< there was none
    resumed,  ///< it speaks of this file
    other,    ///< it speaks of another file, or a later version wrote it; it is left as it is
    damaged,  ///< it could not be read; it has been put aside as NAME.part.journal.damaged
  };

  /// Reads what a journal says, and makes it where there is none; for `other` nothing is changed.
  journal(std::filesystem::path path, const file_identity& identity);
  ~journal();
  journal(journal&&) noexcept;
  journal& operator=(journal&&) noexcept;

  found state() const { return state_; }
  /// The windows that it claimed when it was opened.
  const std::vector<engine::window_record>& windows() const { return windows_; }
  /// The data centre that the file was found in, 0 when not known.
  int dc() const { return dc_; }

  /// In one transaction: all of it, or nothing.
  void record(std::span<const engine::window_record> windows);
  /// Windows whose bytes turned out to be others.
  void forget(std::span<const engine::window_record> windows);
  void set_dc(int dc);
  /// Closes it and takes its files away: the file is whole.
  void remove();

  static std::filesystem::path path_of(const std::filesystem::path& part_file);

 private:
  void open(const file_identity& identity);
  void create(const file_identity& identity);
  void load();
  [[noreturn]] void fail(int code, const std::string& text) const;

  std::filesystem::path path_;
  std::unique_ptr<journal_impl::database> database_;
  found state_ = found::fresh;
  int dc_ = 0;
  std::vector<engine::window_record> windows_;
};

}  // namespace mtfetch
