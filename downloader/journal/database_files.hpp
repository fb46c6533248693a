// SPDX-License-Identifier: BSL-1.0
// A database as files: NAME, and what SQLite keeps beside it.
#pragma once

#include <filesystem>

namespace mtfetch::journal_impl {

/// True for a result code that says that the content is bad, not that it cannot be reached.
bool is_damage(int code);
bool is_full_disk(int code);

/// NAME becomes NAME.damaged; what lies beside it goes. Nobody may have it open.
void put_aside(const std::filesystem::path& name);
void remove_files(const std::filesystem::path& name);

}  // namespace mtfetch::journal_impl
