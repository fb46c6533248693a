// SPDX-License-Identifier: BSL-1.0
// Downloads from any source: what download() does with a client, a test does with its own.
#pragma once

#include "downloader/engine/engine.hpp"
#include "downloader/sink/file_calls.hpp"
#include "downloader/transfer/source.hpp"

#include <mtfetch/byte_sink.hpp>
#include <mtfetch/download.hpp>

#include <asio/awaitable.hpp>

#include <vector>

namespace mtfetch::transfer {

/// What only tests and benches change.
struct transfer_settings {
  engine::engine_config engine;
  sink::file_calls calls = sink::file_calls::system();
};

/// As mtfetch::download_to says for a sink; the report is the one file's.
asio::awaitable<report> transfer_to(source from, media file, byte_sink into,
                                    download_options options, transfer_settings settings);

/// As mtfetch::download says. What `from` gives is used on the awaiting coroutine's executor.
asio::awaitable<report> transfer_files(source from, std::vector<media> files,
                                       download_options options, transfer_settings settings);

}  // namespace mtfetch::transfer
