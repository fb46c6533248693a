// SPDX-License-Identifier: BSL-1.0
// One download from the server without a network, to its end.
#pragma once

#include "downloader/transfer/transfer.hpp"
#include "tests/transfer/fake_server.hpp"

#include <mtfetch/download.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace mtfetch::transfer {

/// Throws what the download threw.
inline report run_download(const std::shared_ptr<fake_server>& server, std::vector<media> files,
                           download_options options, transfer_settings settings) {
  asio::io_context loop;
  report made;
  std::exception_ptr thrown;
  asio::co_spawn(loop,
                 transfer_files(server->make_source(), std::move(files), std::move(options),
                                std::move(settings)),
                 [&](std::exception_ptr failed, report done) {
                   thrown = std::move(failed);
                   made = std::move(done);
                 });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  return made;
}

}  // namespace mtfetch::transfer
