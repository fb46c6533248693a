// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/one_of.hpp"

namespace golden::recursion {

using ::mtfetch::tl::operator==;
struct folder;
struct flags2;

}  // namespace golden::recursion

namespace golden::recursion {

using Folder = ::golden::recursion::folder;
using Flags2 = ::golden::recursion::flags2;

}  // namespace golden::recursion
