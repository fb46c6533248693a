// SPDX-License-Identifier: BSL-1.0
#include "codegen/parser.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "codegen/lexer.hpp"

namespace mtfetch::codegen {
namespace {

std::string shown(const token& t) {
  return t.kind == token_kind::end ? "the end of the file" : "'" + t.text + "'";
}

class parser {
 public:
  explicit parser(std::vector<token> tokens) : tokens_(std::move(tokens)) {}

  syntax::file run() {
    bool functions = false;
    while (peek().kind != token_kind::end) {
      if (peek().kind == token_kind::mark) {
        mark();
      } else if (peek().kind == token_kind::functions || peek().kind == token_kind::types) {
        functions = take().kind == token_kind::functions;
      } else {
        declaration(functions);
      }
    }
    return std::move(file_);
  }

 private:
  const token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }
  const token& take() {
    const token& t = peek();
    if (next_ + 1 < tokens_.size()) ++next_;
    return t;
  }
  [[noreturn]] void wanted(const std::string& what) const {
    throw schema_error(peek().at, "expected " + what + ", found " + shown(peek()));
  }
  void expect(char symbol) {
    if (!peek().is(symbol)) wanted(std::string("'") + symbol + "'");
    take();
  }
  bool accept(char symbol) {
    if (!peek().is(symbol)) return false;
    take();
    return true;
  }
  std::string expect_name(const std::string& what) {
    if (peek().kind != token_kind::name) wanted(what);
    return take().text;
  }
  template <class T>
  T number(const token& t, const std::string& what, int base = 10) const {
    T value{};
    const auto [end, error] =
        std::from_chars(t.text.data(), t.text.data() + t.text.size(), value, base);
    if (error != std::errc() || end != t.text.data() + t.text.size()) {
      throw schema_error(t.at, "'" + t.text + "' is not " + what);
    }
    return value;
  }

  void mark() {
    const token& t = take();
    if (t.text == "FIXED") {
      fixed_ = true;
    } else if (t.text == "UNANSWERED") {
      unanswered_ = true;
    } else {
      const token digits{token_kind::number, t.text.substr(6), t.at};
      file_.layer = number<std::int32_t>(digits, "a layer number");
    }
  }

  void declaration(bool is_function) {
    syntax::declaration d;
    d.at = peek().at;
    d.is_function = is_function;
    d.is_fixed = std::exchange(fixed_, false);
    d.is_unanswered = std::exchange(unanswered_, false);
    d.name = expect_name("a declaration");
    if (peek().kind == token_kind::id) {
      const token& t = take();
      if (t.text.size() > 8) throw schema_error(t.at, "'#" + t.text + "' has more than 32 bits");
      d.id = number<std::uint32_t>(t, "an id", 16);
    }
    while (accept('{')) type_parameter(d);
    if (peek().is('?')) {  // int ? = Int
      take();
      d.is_builtin = true;
    } else if (peek().is('#')) {  // # [ t ]
      take();
      expect('[');
      expect_name("the name of a type parameter");
      expect(']');
      d.is_builtin = true;
    } else {
      while (!peek().is('=')) d.fields.push_back(field());
    }
    expect('=');
    d.result = type();
    // `Vector t`: the argument of a builtin stands behind a blank.
    if (peek().kind == token_kind::name && d.is_builtin) d.result.arguments.push_back(type());
    expect(';');
    file_.declarations.push_back(std::move(d));
  }

  void type_parameter(syntax::declaration& d) {
    d.type_parameters.push_back(expect_name("the name of a type parameter"));
    expect(':');
    const location at = peek().at;
    if (expect_name("'Type'") != "Type") throw schema_error(at, "a type parameter is of type Type");
    expect('}');
  }

  syntax::field field() {
    syntax::field f;
    f.at = peek().at;
    f.name = expect_name("a field or '='");
    if (f.name.find('.') != std::string::npos) {
      throw schema_error(f.at, "a field's name has no dots: '" + f.name + "'");
    }
    expect(':');
    if (peek().kind == token_kind::name && peek(1).is('.') && peek(2).kind == token_kind::number) {
      syntax::condition when;
      when.at = peek().at;
      when.word = take().text;
      take();
      when.bit = number<std::uint64_t>(take(), "a bit");
      expect('?');
      f.when = std::move(when);
    }
    f.type = type();
    return f;
  }

  syntax::type type() {
    syntax::type t;
    t.at = peek().at;
    if (accept('#')) {
      t.name = "#";
      return t;
    }
    t.bang = accept('!');
    t.percent = !t.bang && accept('%');
    t.name = expect_name("a type");
    if (accept('<')) {
      t.arguments.push_back(type());
      expect('>');
    }
    return t;
  }

  std::vector<token> tokens_;
  std::size_t next_ = 0;
  syntax::file file_;
  bool fixed_ = false;
  bool unanswered_ = false;
};

}  // namespace

syntax::file parse(const std::string& file, std::string_view text) {
  return parser(tokenize(file, text)).run();
}

}  // namespace mtfetch::codegen
