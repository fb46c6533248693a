// SPDX-License-Identifier: BSL-1.0
#include "codegen/lexer.hpp"

namespace mtfetch::codegen {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c);
}

class lexer {
 public:
  lexer(const std::string& file, std::string_view text) : text_(text) { at_.file = file; }

  std::vector<token> run() {
    while (skip_space(), position_ < text_.size()) next();
    add(token_kind::end, 0);
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  bool starts_with(std::string_view word) const {
    return text_.substr(position_).starts_with(word);
  }

  void advance(std::size_t count) {
    for (; count > 0; --count, ++position_) {
      if (text_[position_] == '\n') {
        ++at_.line;
        at_.column = 1;
      } else {
        ++at_.column;
      }
    }
  }

  void skip_space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') advance(1);
  }

  void add(token_kind kind, std::size_t size, std::size_t prefix = 0) {
    tokens_.push_back({kind, std::string(text_.substr(position_ + prefix, size)), at_});
    advance(prefix + size);
  }

  void next() {
    if (starts_with("//")) return comment();
    if (starts_with("/*")) return block_comment();
    if (starts_with("---functions---")) return add(token_kind::functions, 15);
    if (starts_with("---types---")) return add(token_kind::types, 11);
    if (is_letter(peek())) return name();
    if (is_digit(peek())) return run_of(token_kind::number, is_digit, 0);
    if (peek() == '#' && is_hex(peek(1))) return run_of(token_kind::id, is_hex, 1);
    if (std::string_view("#:;={}[]<>%!?.").find(peek()) != std::string_view::npos) {
      return add(token_kind::symbol, 1);
    }
    throw schema_error(at_, std::string("unexpected character '") + peek() + "'");
  }

  void run_of(token_kind kind, bool (*belongs)(char), std::size_t prefix) {
    std::size_t size = 0;
    while (belongs(peek(prefix + size))) ++size;
    add(kind, size, prefix);
  }

  // A dot goes on with the name only when a letter follows: `flags.0` is three tokens.
  void name() {
    std::size_t size = 0;
    while (is_word(peek(size)) || (peek(size) == '.' && is_letter(peek(size + 1)))) ++size;
    add(token_kind::name, size);
  }

  void comment() {
    std::size_t size = 0;
    while (peek(size) != '\n' && position_ + size < text_.size()) ++size;
    std::string_view words = text_.substr(position_ + 2, size - 2);
    while (words.starts_with(' ')) words.remove_prefix(1);
    while (words.ends_with(' ') || words.ends_with('\r')) words.remove_suffix(1);
    if (words.starts_with("LAYER ") || words == "FIXED" || words == "UNANSWERED") {
      tokens_.push_back({token_kind::mark, std::string(words), at_});
    }
    advance(size);
  }

  void block_comment() {
    const auto close = text_.find("*/", position_ + 2);
    if (close == std::string_view::npos) throw schema_error(at_, "a comment that does not end");
    advance(close + 2 - position_);
  }

  std::string_view text_;
  std::size_t position_ = 0;
  location at_;
  std::vector<token> tokens_;
};

}  // namespace

std::vector<token> tokenize(const std::string& file, std::string_view text) {
  return lexer(file, text).run();
}

}  // namespace mtfetch::codegen
