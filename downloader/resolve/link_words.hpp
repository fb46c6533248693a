// SPDX-License-Identifier: BSL-1.0
// The words of Telegram's links that are no chat's name, and what they lead to.
#pragma once

#include <mtfetch/link.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "downloader/resolve/link_url.hpp"

namespace mtfetch::links {

/// Whether no chat is called so in a t.me link. Lower case.
bool is_reserved(std::string_view word);

/// t.me/addstickers/Cats, tg://addstickers?set=Cats; nothing for words that this table has not.
/// Codes, tokens and secrets are left out of what it says.
std::optional<other_link> link_of_word(const link_url& url);

/// What a query makes of a link to a chat: t.me/name?startgroup. `chat` is the canonical link of
/// it.
std::optional<other_link> link_of_query(const link_url& url, std::string_view chat);

other_link other(other_kind kind, std::string canonical);

/// As much of a text as a sentence may quote: no query, and nothing that a terminal would obey.
std::string quoted(std::string_view text);
/// `what` follows the quoted text: "names no chat".
refused_link refuse(std::string_view text, link_errc why, std::string_view what);

}  // namespace mtfetch::links
