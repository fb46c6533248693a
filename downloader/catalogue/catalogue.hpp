// SPDX-License-Identifier: BSL-1.0
// .mtfetch.db: which files of a folder were fetched, from where, and the hashes of their bytes.
#pragma once

#include "downloader/catalogue/window_digests.hpp"
#include "downloader/journal/journal.hpp"

#include <mtfetch/error.hpp>
#include <mtfetch/media.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mtfetch {

/// A finished file as its folder's catalogue has it.
struct catalogued_file {
  std::string name;  ///< within the folder
  file_identity identity;
  int dc = 0;
  std::string kind;  ///< "video", "photo" ...: to_string(media_kind)
  /// Where it came from. access_hash is 0: it is another one for every account.
  media_origin origin;
  std::int64_t finished = 0;  ///< unixtime
  std::string sha256;         ///< of the whole file, in hex; empty when it was not wanted
  window_digests windows;
};

/// A file's name within its folder, and what it is.
struct catalogued_document {
  std::string name;
  file_identity identity;
};

/// A SQLite database (WAL, each transaction synced) for one folder, mode 0600. Several processes
/// may use one at once: each transaction waits for another's, five seconds where nothing else is
/// said.
///
/// One that is damaged is put aside as .mtfetch.db.damaged, and a new one begun. Throws
/// mtfetch::error that names the path: storage_errc::no_space; storage_errc::bad_journal for one
/// that is another program's, of a later version, or cannot be used. One thread at a time.
class catalogue {
 public:
  static std::filesystem::path path_of(const std::filesystem::path& folder);
  /// True for the name of a catalogue and of what SQLite keeps beside it.
  static bool is_own_name(const std::string& name);

  static constexpr std::chrono::milliseconds longest_wait{5000};

  /// For writing; makes it where there is none.
  explicit catalogue(const std::filesystem::path& folder,
                     std::chrono::milliseconds patience = longest_wait);
  /// For reading; nothing where there is none. A damaged one is an error here and stays as it is.
  static std::optional<catalogue> open_existing(const std::filesystem::path& folder);
  ~catalogue();
  catalogue(catalogue&&) noexcept;
  catalogue& operator=(catalogue&&) noexcept;

  /// How long from now on another process is waited for; 0: not at all.
  void wait_at_most(std::chrono::milliseconds patience);
  /// In one transaction: all of them, or none. A name that is there already is another file now.
  void record(std::span<const catalogued_file> files);
  /// In their order as bytes, and as they are in the database, which may come from anybody: only
  /// `find` says that one is a file's name.
  std::vector<std::string> names();
  /// All of them, those apart whose name may lead out of the folder.
  std::vector<catalogued_document> documents();
  /// Enters folders below this one, "2026/01", that have catalogues too: who looks for a file finds
  /// them here.
  void record_folders(std::span<const std::string> below);
  /// Those; none whose name leads out of this folder.
  std::vector<std::string> folders();
  /// Throws (storage_errc::bad_journal) for a row that no version of ours wrote, and for a name
  /// that may lead out of the folder.
  std::optional<catalogued_file> find(const std::string& name);
  /// The one before was damaged, and is now .mtfetch.db.damaged.
  bool was_damaged() const { return was_damaged_; }

 private:
  explicit catalogue(std::unique_ptr<journal_impl::database> opened, std::filesystem::path path);
  void open();
  void begin_anew();
  void check() const;
  void write(std::span<const catalogued_file> files);
  [[noreturn]] void fail(int code, const std::string& text) const;

  std::filesystem::path path_;
  std::unique_ptr<journal_impl::database> database_;
  std::chrono::milliseconds patience_{longest_wait};
  bool was_damaged_ = false;
};

}  // namespace mtfetch
