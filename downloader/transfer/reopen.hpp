// SPDX-License-Identifier: BSL-1.0
// Makes a finished file an interrupted download again.
#pragma once

#include "downloader/journal/journal.hpp"
#include "downloader/sink/file_calls.hpp"

#include <filesystem>
#include <span>

namespace mtfetch::transfer {

/// NAME becomes NAME.part with a journal that claims the windows `good`; what else is in it counts
/// for nothing, and is fetched by the next download of that file into that name. No byte is changed
/// or lost: until the one rename NAME is what it was, after it NAME.part can be resumed.
///
/// Blocking. Throws mtfetch::error: storage_errc::locked when NAME.part is being written, and
/// std::errc::file_exists when it is another download's.
void reopen(const std::filesystem::path& name, const file_identity& identity,
            std::span<const engine::window_record> good,
            const sink::file_calls& calls = sink::file_calls::system());

}  // namespace mtfetch::transfer
