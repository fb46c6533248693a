// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/one_of.hpp"

namespace golden::names {

using ::mtfetch::tl::operator==;
struct updates_;
struct updatesNone;
struct delete_;
struct flag;
class Updates;

}  // namespace golden::names

namespace golden::names::updates {

using ::mtfetch::tl::operator==;
struct state;
struct get;

}  // namespace golden::names::updates

namespace golden::names {

using Delete = ::golden::names::delete_;
using Flag = ::golden::names::flag;

}  // namespace golden::names

namespace golden::names::updates {

using State = ::golden::names::updates::state;

}  // namespace golden::names::updates

namespace golden::names {

/// One of: updates_, updatesNone
class Updates : public ::mtfetch::tl::one_of<Updates> {
 public:
  using one_of::one_of;
  static const ::mtfetch::tl::class_info tl_info;
};

}  // namespace golden::names
