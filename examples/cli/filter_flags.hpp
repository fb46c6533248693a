// SPDX-License-Identifier: BSL-1.0
// The flags that say which media of chats are wanted.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <mtfetch/media_filter.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch::cli {

/// --type --since --until --min-size --max-size --name --caption --limit --reverse. `into` must
/// outlive the parsing, which ends with a CLI::ValidationError for what cannot be understood.
void add_filter_flags(CLI::App& command, media_filter& into);

/// "video,photo"; nothing for a name that is none.
std::optional<std::vector<media_kind>> kinds_of(std::string_view text);

/// "2026-01-31", "2026-01-31T10:00" (":30", "Z" as well) in UTC as unixtime; "7d" before `now`, or
/// weeks, hours, minutes ("90min"). A day alone is its beginning, or with `whole_day` its end.
std::optional<std::int64_t> moment_of(std::string_view text, std::int64_t now, bool whole_day);

/// "1500", "1.5M", "20 MiB": k, M, G, T and KiB ... are powers of 1024, kB, MB ... of 1000.
std::optional<std::int64_t> size_of(std::string_view text);

}  // namespace mtfetch::cli
