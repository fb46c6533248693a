// SPDX-License-Identifier: BSL-1.0
// download(): a transfer from a client, with messages as the origin of file references.
#include <mtfetch/download.hpp>

#include "downloader/transfer/client_source.hpp"
#include "downloader/transfer/transfer.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/resolve.hpp>

#include <utility>

namespace mtfetch {

asio::awaitable<report> download(client& client, std::vector<media> files,
                                 download_options options) {
  transfer::source from = transfer::client_source(client);
  from.refresh = [of = &client](media lapsed) { return refresh(*of, std::move(lapsed)); };
  transfer::transfer_settings settings;
  return transfer::transfer_files(std::move(from), std::move(files), std::move(options),
                                  std::move(settings));
}

}  // namespace mtfetch
