// SPDX-License-Identifier: BSL-1.0
// Compares fetched files with the hashes that their folders' catalogues keep, and mends them.
#pragma once

#include <mtfetch/download.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/media.hpp>

#include <asio/awaitable.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch {

class client;

/// The bytes [begin, end) of a file.
struct byte_range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  friend bool operator==(const byte_range&, const byte_range&) = default;
};

enum class file_condition {
  whole,       ///< every byte is as it was fetched
  damaged,     ///< some are not, or there are more or fewer than there were
  missing,     ///< in the catalogue, but not in the folder
  unfinished,  ///< a NAME.part: a download or a repair to be gone on with
  unknown,     ///< nothing to compare with: not in the catalogue
  unreadable,  ///< it could not be looked at
};

/// "whole", "damaged" ...
std::string_view to_string(file_condition condition);

struct verified_file {
  std::filesystem::path path;
  file_condition condition = file_condition::unknown;
  std::int64_t size = 0;   ///< as fetched; 0 where the catalogue does not know it
  std::int64_t there = 0;  ///< bytes in the file now
  /// What is not as it was fetched, as whole hash windows of 128 KiB, neighbours merged; what the
  /// file lacks at its end included. Bytes beyond its size are in `there` only.
  std::vector<byte_range> damaged;
  /// Bytes that were compared with hashes that the server gave when it was fetched; all others were
  /// compared with the hashes of what arrived then.
  std::int64_t server_hashed = 0;
  std::string sha256;      ///< of the whole file as fetched, in hex; empty where it is not known
  std::int64_t id = 0;     ///< document or photo id; 0: not in the catalogue
  std::string thumb_size;  ///< the size of a photo ("y"); empty for a document
  media_origin origin;     ///< where it came from; its access_hash is 0
  /// What is wrong, in one sentence that names the file; empty where nothing is: also for files in
  /// a folder that are unknown to its catalogue, and for downloads under way.
  std::string error;

  bool ok() const { return error.empty(); }
  std::int64_t damaged_bytes() const;
  /// The catalogue says where it came from, and it needs mending: see `repair`.
  bool can_be_repaired() const;
};

struct verify_report {
  std::vector<verified_file> files;
  bool ok() const;
};

struct verify_options {
  /// At most 10 times a second, and once for each file's end; on the calling thread.
  std::function<void(const progress&)> on_progress;
  std::stop_token stop;  ///< ends it early: std::system_error with operation_aborted is thrown
};

/// Reads files and compares them with what their folder's catalogue (.mtfetch.db) says. A path may
/// be a file or a folder; of a folder, all that its catalogue has and all that lies in it, and so
/// for the folders in it that have a catalogue. Changes nothing; needs no network and no login.
///
/// What is wrong with a file, or with a catalogue, is told in the report and does not hold up the
/// others. Blocking, on the calling thread alone: it reads every byte. May run in several threads.
verify_report verify(const std::vector<std::filesystem::path>& paths,
                     const verify_options& options = {});

/// Fetches what is damaged or missing, and only that: each file becomes an interrupted download
/// again, with its good windows journalled, and is gone on with. No good byte is changed or lost,
/// whenever it is interrupted; run `verify` and this again to go on.
///
/// Each file is found by the link that it came from. A message that carries another file now is
/// storage_errc::file_changed, and the file here stays as it is. Gives one report for each of the
/// given files that can be repaired, in their order. Of the options, `to` says nothing. Executor,
/// threads and what it throws are as for `download`; and what looking up the messages throws, as
/// `resolve` of many links says, before anything is changed.
asio::awaitable<report> repair(client& client, std::vector<verified_file> files,
                               download_options options);

}  // namespace mtfetch
