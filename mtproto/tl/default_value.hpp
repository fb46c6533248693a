// SPDX-License-Identifier: BSL-1.0
// The emptiest value of a type, for fields that a schema wants and the data does not have.
#pragma once

#include "mtproto/tl/schema.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {

/// Zero, false, no bytes, no items; of a class, its `...Empty` constructor, else one without
/// needed fields, else the one named like it, else any that can be filled with defaults. False,
/// and nothing written, where there is no such value.
bool write_default(const schema& in, type_view type, writer& out);

/// The constructor that stands for its class when there is but a value to put into it: the only
/// one, or the one named like the class (starsAmount of StarsAmount); empty where neither is.
definition plain_member(const schema& in, std::string_view class_name);

}  // namespace mtfetch::tl
