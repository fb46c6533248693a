// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/one_of.hpp"

namespace golden::sums {

using ::mtfetch::tl::operator==;
struct pointOrigin;
struct pointAt;
struct pointBetween;
struct line;
struct true_;
struct drawing;
class Point;

}  // namespace golden::sums

namespace golden::sums {

using Line = ::golden::sums::line;
using True = ::golden::sums::true_;
using Drawing = ::golden::sums::drawing;

}  // namespace golden::sums

namespace golden::sums {

/// One of: pointOrigin, pointAt, pointBetween
class Point : public ::mtfetch::tl::one_of<Point> {
 public:
  using one_of::one_of;
  static const ::mtfetch::tl::class_info tl_info;
};

}  // namespace golden::sums
