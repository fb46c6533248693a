// SPDX-License-Identifier: BSL-1.0
// The CRC32 rule by which a declaration's text gives its id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codegen/syntax.hpp"

namespace mtfetch::codegen {

/// CRC-32 (IEEE).
std::uint32_t crc32(std::string_view text);

/// The declaration in one line as a schema shows it, without its id.
std::string text_of(const syntax::declaration& d);

/// The spelling that is hashed: bytes read as string, no angle brackets, no braces, no
/// `flags.N?true` fields. https://core.telegram.org/mtproto/TL-formal#constructor-numbers
std::string canonical_text(const syntax::declaration& d);

}  // namespace mtfetch::codegen
