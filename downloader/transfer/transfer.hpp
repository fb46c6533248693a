// SPDX-License-Identifier: BSL-1.0
// Downloads from any source: what download() does with a client, a test does with its own.
#pragma once

#include "downloader/catalogue/window_digests.hpp"
#include "downloader/engine/engine.hpp"
#include "downloader/sink/file_calls.hpp"
#include "downloader/transfer/source.hpp"

#include <mtfetch/byte_sink.hpp>
#include <mtfetch/download.hpp>

#include <asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mtfetch::transfer {

/// What mtfetch::download leaves as it is: tests, benches and mtfetch::repair change it.
struct transfer_settings {
  engine::engine_config engine;
  sink::file_calls calls = sink::file_calls::system();
  /// Where each file goes, in their order; empty: as download_options::to says.
  std::vector<std::filesystem::path> names;
  /// On the thread for file work, by index: before a file's name is looked at (a mtfetch::error
  /// fails that file), and when it is whole (what it gives, if anything, becomes a note).
  std::function<void(std::size_t file)> before_claim;
  std::function<std::string(std::size_t file, const window_digests&)> after_finish;
};

/// As mtfetch::download_to says for a sink; the report is the one file's.
asio::awaitable<report> transfer_to(source from, media file, byte_sink into,
                                    download_options options, transfer_settings settings);

/// As mtfetch::download says. What `from` gives is used on the awaiting coroutine's executor.
asio::awaitable<report> transfer_supply(source from, media_supply more, download_options options,
                                        transfer_settings settings);

/// As mtfetch::download says. What `from` gives is used on the awaiting coroutine's executor.
asio::awaitable<report> transfer_files(source from, std::vector<media> files,
                                       download_options options, transfer_settings settings);

}  // namespace mtfetch::transfer
