// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/schema.hpp"

namespace golden {

/// The whole of layer 0. Constant; any thread may use it.
const ::mtfetch::tl::schema& table();

}  // namespace golden
