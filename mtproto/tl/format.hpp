// SPDX-License-Identifier: BSL-1.0
// Prints generated values with fmt. The only header that includes it: link fmt::fmt and
// mtfetch_schema where it is used.
#pragma once

#include <fmt/format.h>

#include <mtfetch/api/schema.hpp>

#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/object.hpp"

/// `fmt::format("{}", value)` gives the line of tl::format; width and alignment as for strings. An
/// empty sum is `none`, and so is a value that holds an empty one.
template <mtfetch::tl::object T>
struct fmt::formatter<T> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    return fmt::formatter<std::string_view>::format(line(value), context);
  }

 private:
  static std::string line(const T& value) {
    try {
      const auto made = mtfetch::tl::format(mtfetch::api_schema(), mtfetch::tl::serialize(value));
      return made ? *made : made.error().message();
    } catch (const std::logic_error&) {
      return "none";
    }
  }
};
