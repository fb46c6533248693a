// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/web_preview.hpp>

namespace mtfetch {

std::string_view to_string(web_subject subject) {
  switch (subject) {
    case web_subject::post:
      return "post";
    case web_subject::feed:
      return "feed";
    case web_subject::group:
      return "group";
    case web_subject::person:
      return "person";
    case web_subject::closed_chat:
      return "closed chat";
    case web_subject::no_such_post:
      return "no such post";
    case web_subject::nobody:
      return "nobody";
  }
  return "nobody";
}

}  // namespace mtfetch
