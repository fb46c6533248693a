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

/// A small SQLite database (WAL, synced at every commit), one for each file, so that it moves and
/// goes with the file, damage stays with one file, and no two processes wait for each other. Until
/// something is recorded it is a file of no bytes, which says that NAME.part is ours and no more:
/// a file that is whole before its first checkpoint never needs a database.
///
/// It only ever claims what is durable: the caller syncs the data before it calls `record`. Throws
/// mtfetch::error that names the path: storage_errc::no_space or bad_journal. What threw may be
/// called again. One thread at a time; opened under the lock of NAME.part.
class journal {
 public:
  enum class found {
    fresh,    ///< there was none, or one that says nothing
    resumed,  ///< it speaks of this file
    other,    ///< it speaks of another file; it is left as it is
    foreign,  ///< a later version or another program wrote it; it is left as it is
    damaged,  ///< it could not be read; it has been put aside as NAME.part.journal.damaged
  };

  /// Reads what a journal says, and makes it where there is none; for `other` and `foreign` nothing
  /// is changed. `layer`: the name of a file layer (VFS) that SQLite knows; empty: its own.
  journal(std::filesystem::path path, file_identity identity, std::string layer = {});
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
  /// Takes a journal of ours away whose NAME.part is no more: a kill came between its rename and
  /// the journal's end. Another program's file is left alone.
  static void remove_orphan(const std::filesystem::path& path, const std::string& layer = {});

 private:
  void open();
  void create();
  void load();
  void need_database();
  [[noreturn]] void fail(int code, const std::string& text) const;

  std::filesystem::path path_;
  file_identity identity_;
  std::string layer_;
  std::unique_ptr<journal_impl::database> database_;
  found state_ = found::fresh;
  int dc_ = 0;
  std::vector<engine::window_record> windows_;
};

}  // namespace mtfetch
