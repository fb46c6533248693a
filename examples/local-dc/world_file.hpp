// SPDX-License-Identifier: BSL-1.0
// Worlds for the data centre as TOML files. README.md lists the tables and keys.
#pragma once

#include <filesystem>
#include <mtfetch/testing.hpp>
#include <string>
#include <string_view>

namespace mtfetch::local_dc {

/// Adds the users, bots, people, chats and stories that `text` describes to those that `to` has.
/// `name` is the file's, for errors; files that are named in it lie in `folder`. Throws
/// mtfetch::error (bad_config) with file, line and key: "world.toml:12: chat.message.from: ...".
void add_world(std::string_view text, const std::string& name, const std::filesystem::path& folder,
               testing::cluster_options& to);

/// The same of a file.
void add_world(const std::filesystem::path& file, testing::cluster_options& to);

}  // namespace mtfetch::local_dc
