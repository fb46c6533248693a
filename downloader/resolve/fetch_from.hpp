// SPDX-License-Identifier: BSL-1.0
// A client as what a transfer fetches from: messages give fresh references, and all of it may be
// one takeout session. What download(), open_download() and repair() have in common.
#pragma once

#include "downloader/transfer/source.hpp"

#include <mtfetch/download.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace mtfetch {

class client;

/// Every call is part of the takeout session, where one is given. The client must outlive it.
transfer::source source_of(client& client, std::optional<std::int64_t> takeout = {});

using fetcher = std::function<asio::awaitable<report>(transfer::source from)>;

/// Has it fetched: where `in_takeout` says so in a session for files of at most `largest` bytes,
/// which is finished whatever the end of `fetch` is. That it could not be is a note of the report;
/// where an error was thrown, the same code is thrown as mtfetch::error that says both.
asio::awaitable<report> fetch_from(client& of, bool in_takeout, std::int64_t largest,
                                   fetcher fetch);

}  // namespace mtfetch
