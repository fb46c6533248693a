// SPDX-License-Identifier: BSL-1.0
// A transfer of one file that is read while it runs, and afterwards.
#pragma once

#include "downloader/sink/file_reader.hpp"
#include "downloader/transfer/file_worker.hpp"
#include "downloader/transfer/source.hpp"
#include "downloader/transfer/transfer.hpp"

#include <mtfetch/live_file.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace mtfetch::transfer {

class transfer_run;

/// What a live_file is a handle of. The transfer runs by itself until its end, or until this one
/// goes away. Reads of what is there are done on a thread of their own, so that they wait for no
/// sync of the disk.
class live_download : public std::enable_shared_from_this<live_download> {
 public:
  live_download(const asio::any_io_executor& executor, source from, media file,
                download_options options, live_mode mode, transfer_settings settings);
  ~live_download();
  live_download(const live_download&) = delete;
  live_download& operator=(const live_download&) = delete;

  asio::awaitable<bytes> read(std::int64_t offset, std::size_t size, duration within);
  std::int64_t size() const;
  progress seen() const;
  asio::awaitable<file_report> report();
  void close();

 private:
  struct ending;  // how the transfer ended, for whoever waits for that
  asio::awaitable<bytes> read_file(std::shared_ptr<const sink::file_reader> from,
                                   std::int64_t offset, std::size_t size);

  asio::any_io_executor executor_;
  std::shared_ptr<transfer_run> run_;
  std::shared_ptr<ending> ending_;
  std::optional<file_worker> reader_;
};

}  // namespace mtfetch::transfer
