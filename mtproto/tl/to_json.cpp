// SPDX-License-Identifier: BSL-1.0
#include <bit>
#include <charconv>
#include <cmath>

#include "mtproto/tl/base64.hpp"
#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/utf8.hpp"
#include "mtproto/tl/walk.hpp"

namespace mtfetch::tl {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      const auto byte = static_cast<std::uint8_t>(c);
      out += to_hex({&byte, 1});
    } else {
      out += c;
    }
  }
  out += '"';
}

template <class Number>
void append_number(std::string& out, Number value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  out.append(text, end);
}

/// Writes JSON text as the walker goes.
class json_sink {
 public:
  explicit json_sink(json_options options) : indent_(options.indent) {}
  std::string take() { return std::move(out_); }

  void begin(definition of) {
    open('{');
    key("_");
    append_quoted(out_, of.name());
  }
  void field(field_view field) { key(field.name()); }
  void end() { close('}'); }
  void begin_vector(std::size_t) { open('['); }
  void item() { separate(); }
  void end_vector() { close(']'); }
  void extra_flags(field_view word, std::uint32_t bits) {
    key(word.name());
    append_number(out_, bits);
  }
  void present() { out_ += "true"; }
  void boolean(bool value) { out_ += value ? "true" : "false"; }
  void int32(std::int32_t value) { append_number(out_, value); }
  void int64(std::int64_t value) { append_number(out_, value); }
  void float64(double value) {
    if (std::isfinite(value)) {
      const std::size_t begin = out_.size();
      append_number(out_, value);
      // A number without a point would come back as an integer, and -0 as 0.
      if (out_.find_first_of(".e", begin) == std::string::npos) out_ += ".0";
      return;
    }
    const auto bits = std::bit_cast<std::uint64_t>(value);
    mtfetch::bytes wire(8);
    for (unsigned i = 0; i < 8; ++i) wire[i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
    special("$double", to_hex(wire));
  }
  void string(byte_view value) {
    if (is_utf8(as_text(value))) {
      append_quoted(out_, as_text(value));
    } else {
      special("$bytes", to_base64(value));
    }
  }
  void bytes(byte_view value) { append_quoted(out_, to_base64(value)); }
  void fixed(byte_view value) { append_quoted(out_, to_hex(value)); }
  void unknown(byte_view value) { special("$raw", to_base64(value)); }

  struct position {
    std::size_t size;
    std::size_t depth;
    bool first;
  };
  position mark() const { return {out_.size(), depth_, first_}; }
  void rewind(position to) {
    out_.resize(to.size);
    depth_ = to.depth;
    first_ = to.first;
  }

 private:
  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) new_line();
    out_ += bracket;
    first_ = false;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
    new_line();
  }
  void new_line() {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(depth_ * indent_, ' ');
  }
  void key(std::string_view name) {
    separate();
    append_quoted(out_, name);
    out_ += indent_ == 0 ? ":" : ": ";
  }
  void special(std::string_view name, std::string_view text) {
    out_ += '{';
    append_quoted(out_, name);
    out_ += ':';
    append_quoted(out_, text);
    out_ += '}';
  }

  std::string out_;
  std::size_t indent_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

result<std::string> finish(reader& in, json_sink& sink) {
  if (!in.error() && in.remaining() != 0) in.fail(protocol_errc::trailing_bytes);
  if (in.error()) return in.error();
  return sink.take();
}

}  // namespace

result<std::string> to_json(const schema& in, byte_view boxed, json_options options) {
  reader data(boxed);
  json_sink sink(options);
  walker(in, data, sink).any();
  return finish(data, sink);
}

result<std::string> result_to_json(const schema& in, std::uint32_t method_id, byte_view body,
                                   json_options options) {
  const definition method = in.find(method_id);
  if (!method || !method.is_function()) return protocol_errc::unknown_constructor;
  reader data(body);
  json_sink sink(options);
  walker(in, data, sink).value(method.result());
  return finish(data, sink);
}

}  // namespace mtfetch::tl
