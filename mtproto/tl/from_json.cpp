// SPDX-License-Identifier: BSL-1.0
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "mtproto/tl/base64.hpp"
#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/walk.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t max_depth = 64;

/// Writes a JSON value as the bytes of its TL type. Every member function gives false at the first
/// problem, which is then kept with the path that led to it.
class encoder {
 public:
  encoder(const schema& in, bytes& out) : schema_(in), out_(out) {}

  json_problem take_problem() { return {std::move(path_), std::move(what_)}; }

  /// A boxed value of any class; `assumed` says which when it has no "_".
  bool any(const json& value, std::string_view assumed) {
    if (value.is_boolean()) return out_.boolean(value.get<bool>()), true;
    if (const auto* raw = special(value, "$raw")) return encode_base64(*raw, true);
    if (!value.is_object()) return problem("expected an object");
    definition found;
    if (!assumed.empty()) {
      found = schema_.find(assumed);
      if (!found) return problem("no constructor or method " + std::string(assumed));
      if (!name_is(value, found)) return false;
    } else if (!named(value, found)) {
      return false;
    }
    out_.u32(found.id());
    return fields(value, found);
  }

 private:
  bool problem(std::string what) {
    what_ = std::move(what);
    return false;
  }

  // Runs `encode` with `part` added to the path; the path stays as it is after a problem.
  template <class Encode>
  bool within(std::string_view part, Encode encode) {
    const std::size_t before = path_.size();
    if (!path_.empty() && part.front() != '[') path_ += '.';
    path_ += part;
    if (!encode()) return false;
    path_.resize(before);
    return true;
  }

  // The text of {"$name": "text"}, or nothing.
  static const std::string* special(const json& value, const char* name) {
    if (!value.is_object() || value.size() != 1) return nullptr;
    const auto at = value.find(name);
    return at != value.end() && at->is_string() ? at->get_ptr<const std::string*>() : nullptr;
  }

  // Finds what "_" names.
  bool named(const json& value, definition& found) {
    const auto at = value.find("_");
    if (at == value.end()) return problem("\"_\" is missing: it names the constructor");
    return within("_", [&] {
      if (!at->is_string()) return problem("expected the name of a constructor");
      const auto& name = at->get_ref<const std::string&>();
      found = schema_.find(name);
      return found ? true : problem("no constructor or method " + name);
    });
  }

  // "_" may be absent; when it is there it must be this name.
  bool name_is(const json& value, definition expected) {
    if (!value.contains("_")) return true;
    definition found;
    if (!named(value, found)) return false;
    if (found.id() == expected.id()) return true;
    return within("_", [&] {
      return problem("expected " + std::string(expected.name()) + ", not " +
                     std::string(found.name()));
    });
  }

  bool boxed(const json& value, std::string_view class_name) {
    if (!value.is_object()) return problem("expected an object (" + std::string(class_name) + ")");
    definition found = value.contains("_") ? definition() : schema_.only_member(class_name);
    if (!found) {
      if (!named(value, found)) return false;
      if (found.is_function() || found.result().class_name() != class_name) {
        return within("_", [&] {
          return problem(std::string(found.name()) + " is not of the type " +
                         std::string(class_name));
        });
      }
    }
    out_.u32(found.id());
    return fields(value, found);
  }

  bool fields(const json& value, definition of) {
    if (depth_ == max_depth) return problem("nested too deep");
    ++depth_;
    const bool done = all_known(value, of) && write_fields(value, of);
    --depth_;
    return done;
  }

  static std::optional<std::size_t> field_named(definition of, std::string_view name) {
    for (std::size_t i = 0; i < of.field_count(); ++i) {
      if (of.field(i).name() == name) return i;
    }
    return std::nullopt;
  }

  bool all_known(const json& value, definition of) {
    for (const auto& [key, part] : value.items()) {
      if (key == "_" || field_named(of, key)) continue;
      return within(key.empty() ? std::string_view("\"\"") : std::string_view(key),
                    [&] { return problem("no such field in " + std::string(of.name())); });
    }
    return true;
  }

  // The JSON of a field, or nothing when it is absent, null, or a flag that is false.
  static const json* given(const json& value, field_view field) {
    const auto at = value.find(field.name());
    if (at == value.end() || at->is_null()) return nullptr;
    if (field.type().is(kind::present) && at->is_boolean() && !at->get<bool>()) return nullptr;
    return &*at;
  }

  bool write_fields(const json& value, definition of) {
    std::array<std::uint32_t, tables::max_flag_words> bits{};
    for (std::size_t i = 0; i < of.field_count(); ++i) {
      const field_view field = of.field(i);
      if (field.is_optional() && given(value, field) != nullptr) {
        bits[field.flag_word()] |= field.flag_mask();
      }
    }
    if (!extra_flags(value, of, bits)) return false;
    std::size_t word = 0;
    for (std::size_t i = 0; i < of.field_count(); ++i) {
      const field_view field = of.field(i);
      if (field.type().is(kind::flags)) {
        out_.u32(bits[word++]);
        continue;
      }
      if (field.is_optional() && (bits[field.flag_word()] & field.flag_mask()) == 0) continue;
      const json* part = given(value, field);
      if (part == nullptr && field.type().is(kind::present)) continue;
      if (!within(field.name(), [&] {
            if (part != nullptr) return encode(*part, field.type());
            return problem("missing, " + std::string(of.name()) + " needs it" +
                           (field.is_optional() ? " with what else is given" : ""));
          })) {
        return false;
      }
    }
    return true;
  }

  // Bits without a field, as to_json writes them, under the names of their words.
  bool extra_flags(const json& value, definition of,
                   std::array<std::uint32_t, tables::max_flag_words>& bits) {
    std::size_t word = 0;
    for (std::size_t i = 0; i < of.field_count(); ++i) {
      const field_view field = of.field(i);
      if (!field.type().is(kind::flags)) continue;
      if (const json* part = given(value, field)) {
        if (!within(field.name(), [&] {
              std::uint32_t extra = 0;
              if (!integer(*part, extra, "a word of flags")) return false;
              if ((extra & known_flags(of, word)) != 0) {
                return problem("set a flag by its field, not by its bit");
              }
              bits[word] |= extra;
              return true;
            })) {
          return false;
        }
      }
      ++word;
    }
    return true;
  }

  bool encode(const json& value, type_view type) {
    if (type.is_vector()) return vector(value, type);
    switch (type.kind()) {
      case kind::flags:
      case kind::present:
        return value.is_boolean() ? true : problem("expected true or false");
      case kind::int32: {
        std::int32_t number = 0;
        if (!integer(value, number, "an int")) return false;
        return out_.i32(number), true;
      }
      case kind::int64:
        return int64(value);
      case kind::float64:
        return float64(value);
      case kind::string:
        return string(value);
      case kind::bytes:
        if (!value.is_string()) return problem("expected bytes as a base64 string");
        return encode_base64(value.get_ref<const std::string&>(), false);
      case kind::boolean:
        if (!value.is_boolean()) return problem("expected true or false");
        return out_.boolean(value.get<bool>()), true;
      case kind::int128:
        return fixed(value, 16);
      case kind::int256:
        return fixed(value, 32);
      case kind::boxed:
        return boxed(value, type.class_name());
      case kind::bare: {
        const definition only = type.constructor();
        if (!value.is_object()) return problem("expected an object");
        return name_is(value, only) && fields(value, only);
      }
      case kind::rest:
        return any(value, {});
    }
    return false;
  }

  bool vector(const json& value, type_view type) {
    if (!value.is_array()) return problem("expected an array");
    if (depth_ == max_depth) return problem("nested too deep");
    ++depth_;
    if (type.is_boxed_vector()) out_.u32(vector_id);
    out_.u32(static_cast<std::uint32_t>(value.size()));
    const type_view item = type.item();
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!within('[' + std::to_string(i) + ']', [&] { return encode(value[i], item); })) {
        return false;
      }
    }
    --depth_;
    return true;
  }

  template <class Int>
  bool integer(const json& value, Int& number, std::string_view type) {
    if (!value.is_number_integer()) {
      // A number past 64 bits comes as a float.
      const bool huge = value.is_number_float() && std::abs(value.get<double>()) >= 0x1p63;
      return problem(huge ? "outside the range of " + std::string(type) : "expected an integer");
    }
    const bool fits = value.is_number_unsigned() ? std::in_range<Int>(value.get<std::uint64_t>())
                                                 : std::in_range<Int>(value.get<std::int64_t>());
    if (!fits) return problem(value.dump() + " is outside the range of " + std::string(type));
    number = value.get<Int>();
    return true;
  }

  bool int64(const json& value) {
    std::int64_t number = 0;
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc::result_out_of_range) {
        return problem(text + " is outside the range of a long");
      }
      if (error != std::errc() || end != text.data() + text.size()) {
        return problem("expected an integer");
      }
    } else if (!integer(value, number, "a long")) {
      return false;
    }
    return out_.i64(number), true;
  }

  bool float64(const json& value) {
    if (value.is_number()) return out_.f64(value.get<double>()), true;
    const auto* text = special(value, "$double");
    const auto wire = text != nullptr ? from_hex(*text) : std::nullopt;
    if (!wire || wire->size() != 8) return problem("expected a number");
    std::uint64_t bits = 0;
    for (const std::uint8_t byte : *wire) bits = bits << 8 | byte;
    return out_.f64(std::bit_cast<double>(bits)), true;
  }

  bool string(const json& value) {
    if (const auto* text = special(value, "$bytes")) return encode_base64(*text, false);
    if (!value.is_string()) return problem("expected a string");
    return write_bytes(as_bytes(value.get_ref<const std::string&>()));
  }

  bool write_bytes(byte_view data) {
    if (data.size() > max_string_size) return problem("too long: 16 MiB or more");
    return out_.bytes(data), true;
  }

  bool encode_base64(const std::string& text, bool as_it_is) {
    const auto data = from_base64(text);
    if (!data) return problem("not base64");
    if (!as_it_is) return write_bytes(*data);
    return out_.raw(*data), true;
  }

  bool fixed(const json& value, std::size_t size) {
    const auto data =
        value.is_string() ? from_hex(value.get_ref<const std::string&>()) : std::nullopt;
    if (!data || data->size() != size) {
      return problem("expected " + std::to_string(size * 2) + " hex digits");
    }
    return out_.raw(*data), true;
  }

  const schema& schema_;
  writer out_;
  std::string path_;
  std::string what_;
  std::size_t depth_ = 0;
};

std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return "line " + std::to_string(line) + ", column " + std::to_string(before.size() - begin + 1);
}

// What the parser's sentence says between its own position and the text it quotes.
std::string reason_of(std::string_view sentence) {
  const std::size_t at = sentence.find(" - ");
  if (at != std::string_view::npos) sentence.remove_prefix(at + 3);
  return std::string(sentence.substr(0, sentence.find(';')));
}

}  // namespace

std::variant<bytes, json_problem> from_json(const schema& in, std::string_view text,
                                            std::string_view name) {
  json value;
  try {
    value = json::parse(text);
  } catch (const json::parse_error& error) {
    return json_problem{place_of(text, error.byte > 0 ? error.byte - 1 : 0),
                        "not JSON: " + reason_of(error.what())};
  } catch (const json::out_of_range&) {
    return json_problem{"", "not JSON: a number past the range of a double"};
  }
  bytes out;
  encoder made(in, out);
  if (!made.any(value, name)) return made.take_problem();
  return out;
}

}  // namespace mtfetch::tl
