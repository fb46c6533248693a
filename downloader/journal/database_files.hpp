// SPDX-License-Identifier: BSL-1.0
// A database as files: NAME, and what SQLite keeps beside it.
#pragma once

#include <filesystem>
#include <string>

namespace mtfetch::journal_impl {

/// True for a result code that says that the content is bad, not that it cannot be reached.
bool is_damage(int code);
bool is_full_disk(int code);

/// NAME becomes NAME.damaged; what lies beside it goes. Nobody may have it open. `layer` is that of
/// the database.
void put_aside(const std::filesystem::path& name, const std::string& layer);
/// NAME itself is the last to go: while it is there, all of them are known as ours.
void remove_files(const std::filesystem::path& name, const std::string& layer);

}  // namespace mtfetch::journal_impl
