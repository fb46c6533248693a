// SPDX-License-Identifier: BSL-1.0
// What a link says behind the chat it names.
#pragma once

#include <mtfetch/link.hpp>

#include <span>
#include <string>
#include <string_view>

#include "downloader/resolve/link_url.hpp"

namespace mtfetch::links {

/// Whether a path element is meant as a number: what is not one then is an error and no word.
bool like_number(std::string_view text);

/// All of the chat, a message, messages, a story, or what the query asks for. `rest` is the path
/// behind the chat, as in t.me/name/...; `text` the whole link, for sentences.
parsed_link link_in_chat(std::string_view text, const link_url& url, link_chat chat,
                         std::span<const std::string> rest);

}  // namespace mtfetch::links
