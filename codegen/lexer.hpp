// SPDX-License-Identifier: BSL-1.0
// Splits the text of a .tl file into tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codegen/diagnostic.hpp"

namespace mtfetch::codegen {

enum class token_kind {
  name,       ///< `auth.sentCode`: letters, digits, underscores, parts joined by dots
  id,         ///< the hex digits of `#62d6b459`
  number,     ///< decimal digits
  symbol,     ///< one of # : ; = { } [ ] < > % ! ? .
  functions,  ///< ---functions---
  types,      ///< ---types---
  mark,       ///< a comment that speaks to the generator: LAYER 228, FIXED, UNANSWERED
  end,
};

struct token {
  token_kind kind = token_kind::end;
  std::string text;
  location at;
  bool is(char symbol) const { return kind == token_kind::symbol && text[0] == symbol; }
};

/// All tokens of a file, the last one `end`. Throws schema_error for a character TL does not have.
std::vector<token> tokenize(const std::string& file, std::string_view text);

}  // namespace mtfetch::codegen
