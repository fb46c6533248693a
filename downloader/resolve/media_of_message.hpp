// SPDX-License-Identifier: BSL-1.0
// The media that a message or story carries, as downloads need it.
#pragma once

#include "downloader/resolve/wanted_file.hpp"

#include <mtfetch/error.hpp>
#include <mtfetch/media.hpp>

#include <mtfetch/api/base.hpp>

#include <vector>

namespace mtfetch {

/// The document or photo of a message; several where media were bought together. `about` holds
/// what the message itself does not say: its origin, chat and sender. `chat_is_protected`: nothing
/// of this chat is to be saved. Throws mtfetch::error that names the origin's link: no_media, which
/// says what the message has instead, or protected_media.
std::vector<media> media_of_message(const api::message& message, const media& about,
                                    const wanted_file& wanted, bool chat_is_protected = false);

/// The same of a story.
std::vector<media> media_of_story(const api::storyItem& story, const media& about,
                                  const wanted_file& wanted);

/// Whether the message carries nothing but the preview of a page it links to.
bool is_page_preview(const api::message& message);

}  // namespace mtfetch
