// SPDX-License-Identifier: BSL-1.0
// Downloads media into files: in parallel, verified, resumable.
#pragma once

#include <mtfetch/error.hpp>
#include <mtfetch/media.hpp>
#include <mtfetch/name_template.hpp>
#include <mtfetch/statistics.hpp>

#include <asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace mtfetch {

class client;

/// How far one file is. Sent at most 10 times a second over all files, and once when a file begins
/// and once when it ends.
struct progress {
  std::size_t file = 0;   ///< index into the media given
  std::size_t files = 0;  ///< how many there are
  std::string name;       ///< the file's name in the target folder
  std::int64_t done = 0;  ///< bytes of this file that are here, those of an earlier run included
  std::int64_t total = 0;
  std::int64_t all_done = 0;  ///< the same over all files
  std::int64_t all_total = 0;
  double rate = 0;        ///< bytes a second of this file, over the last seconds
  std::string pause;      ///< why nothing moves, or no faster, in words; empty while all is well
  bool finished = false;  ///< the last report of this file
};

/// Gives the next files to fetch, and none when there are no more. Asked again while what it gave
/// before is being fetched; called on the client's executor, one call at a time.
using media_supply = std::function<asio::awaitable<std::vector<media>>()>;

/// What is wanted. Make one by name and pass it; never as a braced temporary inside a co_await.
struct download_options {
  /// A folder when it exists as one, ends in a slash, or several files are wanted; else the name of
  /// the one file. Folders are made as needed. A name that is taken, also by another process that
  /// is fetching another file, gets " (1)".
  std::filesystem::path to = ".";
  /// What files in a folder are called. An interrupted file is found by its name again: with {n} in
  /// it only by a run that is given the same files in the same order, else it is begun anew.
  name_template names;
  /// Called on the client's executor. What it or `on_part` throws ends the download, which keeps
  /// what it has and throws it.
  std::function<void(const progress&)> on_progress;
  int connections = 8;    ///< to one data centre at most, 1..16, shared by all files of it
  int files_at_once = 4;  ///< 1..64; those of up to 1 MiB go along with them
  /// Compare with the server's SHA-256 hashes as bytes arrive. Without this no file comes from a
  /// CDN, whose bytes only hashes can vouch for.
  bool verify = true;
  /// Give the SHA-256 of each whole file in the report. Not what vouches for the bytes (the
  /// windows' hashes do), and an eighth more of CPU: for those who keep lists of checksums.
  bool whole_file_sha256 = false;
  /// Fetch all of it in one takeout session, for which Telegram asks to wait less. For people only:
  /// with a bot download() throws client_errc::not_for_bots before any call; where Telegram lets it
  /// begin only later, takeout_delayed. It is finished at the end, whatever the end; where that
  /// fails, report::notes or the sentence of what is thrown says so.
  /// https://core.telegram.org/api/takeout
  bool takeout = false;
  /// Called on the client's executor for each request for a part that has ended, however it did.
  std::function<void(const part_statistics&)> on_part;
  /// Do not fetch what an earlier run fetched into the folder or below it: the same document or
  /// photo size, whatever its name is or would be, and whichever message led to it. A file that is
  /// gone, or has another size, is fetched again. For a folder only.
  bool skip_fetched = false;
  /// Write NAME.info.json beside each whole file, also beside those that are skipped, where there
  /// is none: chat, message, sender, caption, what the file is, hashes. No access hash or file
  /// reference is in it. One that cannot be written is a note.
  bool write_info = false;
  bool catalogue = true;  ///< enter each whole file in its folder's .mtfetch.db, for verify()
};

struct file_report {
  std::filesystem::path path;  ///< where the file is; where it failed, the name it would have had
  std::int64_t size = 0;
  std::string sha256;          ///< 64 lower-case hex digits; empty when not asked for
  std::int64_t fetched = 0;    ///< bytes that came over the network in this run
  std::int64_t resumed = 0;    ///< bytes that were there from an earlier run
  bool already_there = false;  ///< skip_fetched: nothing was fetched, `path` is the file
  std::int64_t verified = 0;   ///< bytes compared with the server's hashes
  std::chrono::milliseconds took{0};
  std::error_code code;            ///< what went wrong; false when the file is whole
  std::string error;               ///< the same in one sentence that names the file
  file_statistics totals;          ///< of the requests of this run
  std::vector<std::string> notes;  ///< what a person may want to know: begun anew, no hashes, ...
  bool ok() const { return !code; }
};

struct report {
  std::vector<file_report> files;  ///< one per media, in their order
  /// What ended a media_supply before its end, as it was thrown: an rpc_error is one still. Null
  /// where it gave all that it had. What came before is in `files`, fetched to its end.
  std::exception_ptr supply_failure;
  std::vector<std::string> notes;  ///< what concerns no file: a takeout that could not be finished
  bool ok() const {
    if (supply_failure) return false;
    for (const file_report& file : files) {
      if (!file.ok()) return false;
    }
    return true;
  }
};

/// Fetches every file, each into NAME.part until it is whole and verified, then renames it. Where
/// an earlier run was interrupted it goes on. A file that fails is told in the report and does not
/// hold up the others; what it has fetched stays for the next run.
///
/// Throws std::system_error with asio::error::operation_aborted when it is cancelled (asio's
/// terminal cancellation), after what was fetched has been made durable, and mtfetch::error when
/// the target folder cannot be made. Call on the client's executor; the client must outlive it.
/// File work runs on one thread of its own.
/// https://core.telegram.org/api/files
asio::awaitable<report> download(client& client, std::vector<media> files,
                                 download_options options);

/// The same for files that become known while others are fetched: the report has all of them in the
/// order in which they came. download_options::to is a folder. What the supply throws ends it, and
/// is report::supply_failure when the files that came before have ended; so does and is a folder
/// that cannot be made, and the files that should have gone there are in the report as failed.
/// Thrown is only what has nothing to do with the supply, as above.
asio::awaitable<report> download(client& client, media_supply more, download_options options);

}  // namespace mtfetch
