// SPDX-License-Identifier: BSL-1.0
// The media that a message carries, as downloads need it.
#pragma once

#include <mtfetch/error.hpp>
#include <mtfetch/media.hpp>
#include <mtfetch/result.hpp>

#include <mtfetch/api/base.hpp>

#include <string>

namespace mtfetch {

/// The document or largest photo of a message. Throws mtfetch::error with link_errc::no_media that
/// says what the message has instead; `origin` is what the media remembers, its link what is named.
media media_of_message(const api::message& message, media_origin origin);

}  // namespace mtfetch
