// SPDX-License-Identifier: BSL-1.0
// Every generated type of the layer, methods too, behind one face. The sources are written by
// whole_layer.cmake from the names in the schema.
#pragma once

#include <vector>

#include "mtproto/tl/codec.hpp"

namespace mtfetch::tl_test {

void add_types_0(std::vector<tl::alternative>& types);
void add_types_1(std::vector<tl::alternative>& types);
void add_types_2(std::vector<tl::alternative>& types);
void add_types_3(std::vector<tl::alternative>& types);

}  // namespace mtfetch::tl_test
