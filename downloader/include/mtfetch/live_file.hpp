// SPDX-License-Identifier: BSL-1.0
// A file that is read while it is downloaded: any range of it, with a deadline.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/download.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/media.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace mtfetch {

namespace transfer {
class live_download;
}

enum class live_mode {
  whole,      ///< the whole file is fetched, what is read before the rest
  only_read,  ///< nothing is fetched but what is read, and a little ahead of it
};

/// A download into a file, as `download` makes one, whose bytes may be read at once. Copies share
/// it; with the last one, and with `close`, it ends, and what was fetched stays for the next run.
/// Belongs to the client's executor, and neither it nor a read may outlive the client. Reading goes
/// on from the file when it is whole; it has one more thread for that.
class live_file {
 public:
  /// More than this one read does not ask for.
  static constexpr std::size_t most_read = std::size_t{16} * 1024 * 1024;

  explicit live_file(std::shared_ptr<transfer::live_download> download)
      : download_(std::move(download)) {}

  /// The bytes [offset, offset + size), fewer only where the file ends; verified where the server
  /// has hashes. Those that are missing are asked for before all that nobody waits for, and those
  /// of the soonest deadline first. Any number of reads may wait at once.
  ///
  /// Throws mtfetch::error: client_errc::deadline, naming what was missing, when they are not there
  /// after `within`; the file's own failure once it failed; std::errc::invalid_argument for a
  /// negative offset, one beyond the end, or too large a size. And std::system_error with
  /// asio::error::operation_aborted when it was closed before, or the read is cancelled.
  asio::awaitable<bytes> read(std::int64_t offset, std::size_t size, duration within);

  std::int64_t size() const;
  /// How far it is; `rate` only where download_options::on_progress is set.
  mtfetch::progress progress() const;
  /// Waits for the end of the download, which with `only_read` may never come. Throws
  /// operation_aborted when it was closed before.
  asio::awaitable<file_report> report();
  void close();

 private:
  std::shared_ptr<transfer::live_download> download_;
};

/// Begins to download a file that can be read meanwhile, and gives its handle at once: the download
/// goes on by itself on the client's executor, from which this is called. Throws mtfetch::error
/// when the target folder cannot be made, and std::errc::operation_not_supported for
/// download_options::takeout: when the last handle goes nobody waits for the session to be
/// finished.
asio::awaitable<live_file> open_download(client& client, media file, download_options options,
                                         live_mode mode = live_mode::whole);

}  // namespace mtfetch
