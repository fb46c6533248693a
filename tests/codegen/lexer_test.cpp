// SPDX-License-Identifier: BSL-1.0
#include "codegen/lexer.hpp"

#include <gtest/gtest.h>

namespace mtfetch::codegen {
namespace {

std::string words(std::string_view text) {
  std::string out;
  for (const auto& t : tokenize("a.tl", text)) {
    if (!out.empty()) out += ' ';
    out += t.kind == token_kind::id ? "#" + t.text : t.text;
  }
  return out;
}

TEST(lexer, splits_a_declaration) {
  EXPECT_EQ(words("auth.code#0a1b flags:# a:flags.3?Vector<%t> = auth.Code;"),
            "auth.code #0a1b flags : # a : flags . 3 ? Vector < % t > = auth.Code ; ");
}

TEST(lexer, skips_comments_but_hears_marks) {
  EXPECT_EQ(
      words("// text LAYER 3\n/* a\nb */ // LAYER 228 \n// FIXED\r\n//UNANSWERED\n// FIXED-ish"),
      "LAYER 228 FIXED UNANSWERED ");
}

TEST(lexer, knows_where_tokens_stand) {
  const auto tokens = tokenize("a.tl", "a =\n  b;");
  ASSERT_EQ(tokens.size(), 5U);
  EXPECT_EQ(tokens[2].at.line, 2U);
  EXPECT_EQ(tokens[2].at.column, 3U);
  EXPECT_EQ(tokens[4].kind, token_kind::end);
}

TEST(lexer, reads_sections) {
  const auto tokens = tokenize("a.tl", "---functions---\n---types---");
  EXPECT_EQ(tokens[0].kind, token_kind::functions);
  EXPECT_EQ(tokens[1].kind, token_kind::types);
}

}  // namespace
}  // namespace mtfetch::codegen
