// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/one_of.hpp"

namespace golden::raw {

using ::mtfetch::tl::operator==;
struct signed_;
struct gzip_packed;
struct answer;

}  // namespace golden::raw

namespace golden::raw {

using Signed = ::golden::raw::signed_;
using Answer = ::golden::raw::answer;

}  // namespace golden::raw
