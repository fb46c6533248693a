// SPDX-License-Identifier: BSL-1.0
// download() and its like: transfers from a client, with messages as the origin of file references.
#include <mtfetch/download.hpp>

#include "downloader/sink/descriptor_sink.hpp"
#include "downloader/transfer/client_source.hpp"
#include "downloader/transfer/live_download.hpp"
#include "downloader/transfer/transfer.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/live_file.hpp>
#include <mtfetch/resolve.hpp>
#include <mtfetch/target.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/this_coro.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace mtfetch {

namespace {

transfer::source source_of(client& client) {
  transfer::source from = transfer::client_source(client);
  from.refresh = [of = &client](media lapsed) { return refresh(*of, std::move(lapsed)); };
  return from;
}

byte_sink sink_of(const descriptor_target& where) {
  return sink::descriptor_sink(where.descriptor);
}

byte_sink sink_of(const memory_target& where) {
  byte_sink made;
  made.write = [into = where.into](std::int64_t, byte_view data) {
    into->insert(into->end(), data.begin(), data.end());
  };
  return made;
}

byte_sink sink_of(const byte_sink& own) {
  return own;
}

asio::awaitable<file_report> only_report(asio::awaitable<report> download) {
  report made = co_await std::move(download);
  co_return std::move(made.files.at(0));
}

asio::awaitable<file_report> refuse(media file, std::size_t limit) {
  file_report refused;
  refused.path = file.file_name;
  refused.size = file.size;
  refused.code = std::make_error_code(std::errc::file_too_large);
  refused.error = file.file_name + ": its " + std::to_string(file.size) +
                  " bytes are more than the " + std::to_string(limit) + " that are allowed";
  co_return refused;
}

}  // namespace

asio::awaitable<report> download(client& client, std::vector<media> files,
                                 download_options options) {
  return transfer::transfer_files(source_of(client), std::move(files), std::move(options),
                                  transfer::transfer_settings());
}

asio::awaitable<file_report> download_to(client& client, media file, target where,
                                         download_options options) {
  if (const auto* path = std::get_if<std::filesystem::path>(&where)) {
    options.to = *path;
    std::vector<media> files(1, std::move(file));
    return only_report(download(client, std::move(files), std::move(options)));
  }
  if (const auto* memory = std::get_if<memory_target>(&where)) {
    if (std::cmp_greater(file.size, memory->limit)) return refuse(std::move(file), memory->limit);
    memory->into->reserve(memory->into->size() + static_cast<std::size_t>(file.size));
  }
  byte_sink into = std::visit(
      [](const auto& kind) {
        if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, std::filesystem::path>) {
          return byte_sink();  // dealt with above
        } else {
          return sink_of(kind);
        }
      },
      where);
  return only_report(transfer::transfer_to(source_of(client), std::move(file), std::move(into),
                                           std::move(options), transfer::transfer_settings()));
}

asio::awaitable<bytes> download_to_memory(client& client, media file, std::size_t limit,
                                          download_options options) {
  const auto content = std::make_shared<bytes>();
  target where = memory_target(content, limit);
  const file_report ended =
      co_await download_to(client, std::move(file), std::move(where), std::move(options));
  if (!ended.ok()) throw error(ended.code, ended.error);
  co_return std::move(*content);
}

asio::awaitable<live_file> open_download(client& client, media file, download_options options,
                                         live_mode mode) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  co_return live_file(std::make_shared<transfer::live_download>(
      executor, source_of(client), std::move(file), std::move(options), mode,
      transfer::transfer_settings()));
}

}  // namespace mtfetch
