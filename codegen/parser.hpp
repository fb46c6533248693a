// SPDX-License-Identifier: BSL-1.0
// Turns the tokens of a .tl file into declarations.
#pragma once

#include <string>
#include <string_view>

#include "codegen/syntax.hpp"

namespace mtfetch::codegen {

/// Throws schema_error where the text breaks TL's grammar.
syntax::file parse(const std::string& file, std::string_view text);

}  // namespace mtfetch::codegen
