// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/one_of.hpp"

namespace golden::flags {

using ::mtfetch::tl::operator==;
struct colorBlue;
struct colorMixed;
struct shirt;
struct closet;
class Color;

}  // namespace golden::flags

namespace golden::flags {

using Shirt = ::golden::flags::shirt;
using Closet = ::golden::flags::closet;

}  // namespace golden::flags

namespace golden::flags {

/// One of: colorBlue, colorMixed
class Color : public ::mtfetch::tl::one_of<Color> {
 public:
  using one_of::one_of;
  static const ::mtfetch::tl::class_info tl_info;
};

}  // namespace golden::flags
