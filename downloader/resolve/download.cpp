// SPDX-License-Identifier: BSL-1.0
// download() and its like: transfers from a client, with messages as the origin of file references.
#include <mtfetch/download.hpp>

#include "downloader/resolve/fetch_from.hpp"
#include "downloader/sink/descriptor_sink.hpp"
#include "downloader/transfer/live_download.hpp"
#include "downloader/transfer/transfer.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/live_file.hpp>
#include <mtfetch/target.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace mtfetch {
namespace {

// What a file may have at most: a takeout of files that are not known yet must allow for it.
constexpr std::int64_t largest_file = 4000LL * 1024 * 1024;

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
  file_report& only = made.files.at(0);
  only.notes.insert(only.notes.end(), made.notes.begin(), made.notes.end());
  co_return std::move(only);
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

// The room for a whole file, before anything is fetched: it is not grown, which would need both.
asio::awaitable<file_report> with_room(std::shared_ptr<bytes> into, std::string name,
                                       std::int64_t size, asio::awaitable<file_report> fetch) {
  bool has_room = size >= 0 && std::cmp_less_equal(size, into->max_size() - into->size());
  try {
    if (has_room) into->reserve(into->size() + static_cast<std::size_t>(size));
  } catch (const std::bad_alloc&) {
    has_room = false;
  }
  if (has_room) co_return co_await std::move(fetch);
  file_report refused;
  refused.path = name;
  refused.size = size;
  refused.code = std::make_error_code(std::errc::not_enough_memory);
  refused.error = name + ": there is no memory for its " + std::to_string(size) + " bytes";
  co_return refused;
}

}  // namespace

asio::awaitable<report> download(client& client, std::vector<media> files,
                                 download_options options) {
  std::int64_t largest = 0;
  for (const media& file : files) largest = std::max(largest, file.size);
  const bool in_takeout = options.takeout;
  return fetch_from(
      client, in_takeout, largest,
      [files = std::move(files), options = std::move(options)](transfer::source from) mutable {
        return transfer::transfer_files(std::move(from), std::move(files), std::move(options),
                                        transfer::transfer_settings());
      });
}

asio::awaitable<report> download(client& client, media_supply more, download_options options) {
  const bool in_takeout = options.takeout;
  return fetch_from(
      client, in_takeout, largest_file,
      [more = std::move(more), options = std::move(options)](transfer::source from) mutable {
        return transfer::transfer_supply(std::move(from), std::move(more), std::move(options),
                                         transfer::transfer_settings());
      });
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
  const bool in_takeout = options.takeout;
  const std::int64_t size = file.size;
  const std::string name = file.file_name;
  auto fetch = only_report(
      fetch_from(client, in_takeout, size,
                 [file = std::move(file), into = std::move(into),
                  options = std::move(options)](transfer::source from) mutable {
                   return transfer::transfer_to(std::move(from), std::move(file), std::move(into),
                                                std::move(options), transfer::transfer_settings());
                 }));
  const auto* memory = std::get_if<memory_target>(&where);
  if (memory == nullptr) return fetch;
  return with_room(memory->into, name, size, std::move(fetch));
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
  if (options.takeout) {
    throw error(std::make_error_code(std::errc::operation_not_supported),
                file.file_name +
                    " cannot be read while it is fetched in a takeout session, which nobody would "
                    "finish: use download()");
  }
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  co_return live_file(std::make_shared<transfer::live_download>(
      executor, source_of(client), std::move(file), std::move(options), mode,
      transfer::transfer_settings()));
}

}  // namespace mtfetch
