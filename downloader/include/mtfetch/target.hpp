// SPDX-License-Identifier: BSL-1.0
// Downloads into something else than a folder: a file descriptor, memory, a sink of the user's own.
#pragma once

#include <mtfetch/byte_sink.hpp>
#include <mtfetch/bytes.hpp>
#include <mtfetch/download.hpp>
#include <mtfetch/media.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <utility>
#include <variant>

namespace mtfetch {

/// An open descriptor; it stays the caller's, who closes it. A file is written from its beginning
/// on at offsets, whatever its position; a pipe or socket in order, and as fast as the other side
/// takes it.
struct descriptor_target {
  explicit descriptor_target(int number) : descriptor(number) {}
  int descriptor;
};

/// Appends to `into`, which nobody may touch before the download is over. A media of more bytes
/// than `limit` is refused before anything is fetched, with std::errc::file_too_large, and one for
/// which there is no memory with std::errc::not_enough_memory.
struct memory_target {
  memory_target(std::shared_ptr<bytes> content, std::size_t most)
      : into(std::move(content)), limit(most) {}
  std::shared_ptr<bytes> into;
  std::size_t limit;
};

using target = std::variant<std::filesystem::path, descriptor_target, memory_target, byte_sink>;

/// Fetches one file into the target. Only a path is what download_options::to says, with NAME.part
/// and a journal; an interrupted download into anything else begins anew. How it ended is told in
/// the report; otherwise as `download`.
asio::awaitable<file_report> download_to(client& client, media file, target where,
                                         download_options options);

/// Gives the whole file. Throws mtfetch::error where it is larger than `limit` bytes
/// (std::errc::file_too_large), and whatever else made it fail.
asio::awaitable<bytes> download_to_memory(client& client, media file, std::size_t limit,
                                          download_options options);

}  // namespace mtfetch
