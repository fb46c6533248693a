// SPDX-License-Identifier: BSL-1.0
#include <charconv>

#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/utf8.hpp"
#include "mtproto/tl/walk.hpp"

namespace mtfetch::tl {
namespace {

constexpr std::size_t longest_text = 80;
constexpr std::size_t longest_bytes = 16;
constexpr std::size_t longest_line = 4096;

/// Writes one line as the walker goes; past longest_line it only says that more follows.
class line_sink {
 public:
  std::string take() {
    if (out_.size() > longest_line) {
      std::size_t cut = longest_line;
      while (cut > 0 && (static_cast<unsigned char>(out_[cut]) & 0xc0) == 0x80) --cut;
      out_.resize(cut);
      out_ += " ...";
    }
    return std::move(out_);
  }

  void begin(definition of) {
    put(of.name());
    put("{");
    first_ = true;
  }
  void field(field_view field) {
    separate();
    put(field.name());
    if (!field.type().is(kind::present)) put(": ");
  }
  void end() { close("}"); }
  void begin_vector(std::size_t) {
    put("[");
    first_ = true;
  }
  void item() { separate(); }
  void end_vector() { close("]"); }
  void extra_flags(field_view word, std::uint32_t bits) {
    separate();
    put(word.name());
    put(": ");
    number(bits);
  }
  void present() {}
  void boolean(bool value) { put(value ? "true" : "false"); }
  void int32(std::int32_t value) { number(value); }
  void int64(std::int64_t value) { number(value); }
  void float64(double value) { number(value); }
  void string(byte_view value) {
    std::string_view text = as_text(value);
    if (!is_utf8(text)) return bytes(value);
    const bool cut = text.size() > longest_text;
    if (cut) {
      std::size_t end = longest_text;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
      text = text.substr(0, end);
    }
    put("\"");
    for (const char c : text) put_character(c);
    put(cut ? "\"..." : "\"");
  }
  void bytes(byte_view value) {
    if (value.size() <= longest_bytes) return fixed(value);
    number(value.size());
    put(" bytes");
  }
  void fixed(byte_view value) {
    put("0x");
    put(to_hex(value));
  }
  void unknown(byte_view value) { bytes(value); }

  struct position {
    std::size_t size;
    bool first;
  };
  position mark() const { return {out_.size(), first_}; }
  void rewind(position to) {
    out_.resize(to.size);
    first_ = to.first;
  }

 private:
  void put(std::string_view text) {
    if (out_.size() <= longest_line) out_ += text;
  }
  void put_character(char c) {
    if (c == '"' || c == '\\') put("\\");
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) return put({&c, 1});
    const auto byte = static_cast<std::uint8_t>(c);
    put(c == '\n' ? "\\n" : "\\x" + to_hex({&byte, 1}));
  }
  template <class Number>
  void number(Number value) {
    char text[32];
    const auto [end, error] = std::to_chars(text, text + sizeof text, value);
    put({text, static_cast<std::size_t>(end - text)});
  }
  void separate() {
    if (!first_) put(", ");
    first_ = false;
  }
  void close(std::string_view bracket) {
    put(bracket);
    first_ = false;
  }

  std::string out_;
  bool first_ = true;
};

}  // namespace

result<std::string> format(const schema& in, byte_view boxed) {
  reader data(boxed);
  line_sink sink;
  walker(in, data, sink).any();
  if (!data.error() && data.remaining() != 0) data.fail(protocol_errc::trailing_bytes);
  if (data.error()) return data.error();
  return sink.take();
}

}  // namespace mtfetch::tl
