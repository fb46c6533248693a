// SPDX-License-Identifier: BSL-1.0
// Which file of a document or photo a reading is after.
#pragma once

#include <mtfetch/media.hpp>
#include <mtfetch/resolve_options.hpp>

#include <mtfetch/api/base.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtfetch {

/// Either what a choice says; or, to read a reference anew, exactly the file with this id and size.
struct wanted_file {
  media_choice choice;
  std::int64_t id = 0;  ///< 0: by choice
  std::string thumb_size;
};

/// The lines of "1080p"; 0 for what is no such text.
int lines_of(std::string_view quality);

/// Reads a document into `into`, which has its origin. Of `others`, the same video in other
/// qualities, one may be the file that is wanted. Throws link_errc::no_media that names the link.
void read_document(const api::Document& given, const std::vector<api::Document>& others,
                   const wanted_file& wanted, media& into);
void read_photo(const api::Photo& given, const wanted_file& wanted, media& into);

/// The two ways a message that is there ends without a file; both name the origin's link.
[[noreturn]] void no_media(const media_origin& origin, const std::string& what);
[[noreturn]] void keep_out(const media_origin& origin, const std::string& what);

}  // namespace mtfetch
