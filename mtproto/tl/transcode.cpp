// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/transcode.hpp"

#include <array>
#include <optional>
#include <utility>

#include "mtproto/tl/default_value.hpp"
#include "mtproto/tl/walk.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {
namespace {

constexpr std::size_t most_losses = 16;

bool is_object(type_view type) {
  return !type.is_vector() && (type.kind() == kind::boxed || type.kind() == kind::bare);
}

bool is_text(kind k) {
  return k == kind::string || k == kind::bytes;
}

// Whether scalar() can carry one kind to the other; some values may still not fit.
bool scalars_agree(type_view a, type_view b) {
  if (a.is_vector() || b.is_vector()) return false;
  const kind x = a.kind();
  const kind y = b.kind();
  if (x == kind::boxed || x == kind::bare || x == kind::rest) return false;
  return x == y || (is_text(x) && is_text(y)) || (x == kind::int32 && y == kind::int64) ||
         (x == kind::int64 && y == kind::int32) || (x == kind::present && y == kind::boolean) ||
         (x == kind::boolean && y == kind::present);
}

bool same_class(type_view a, type_view b) {
  return a.is(kind::boxed) && b.is(kind::boxed) && a.class_name() == b.class_name();
}

// The field that a class is made around: its first one with bytes of its own.
std::optional<std::size_t> core_field(definition of) {
  for (std::size_t i = 0; i < of.field_count(); ++i) {
    const kind k = of.field(i).type().kind();
    if (k != kind::flags && k != kind::present) return i;
  }
  return std::nullopt;
}

enum class outcome {
  carried,
  empty,  ///< nothing to carry and nothing lost: a Bool that is false has no flag
  alien,  ///< the types do not meet
  lost,   ///< the other schema has no such constructor
};

/// Every member function reads its value to the end, whatever comes of it, so that the reader
/// stands at the next one. What is written after an outcome other than carried is of no use.
class transcoder {
 public:
  transcoder(const schema& from, const schema& to, byte_view data)
      : from_(from), to_(to), in_(data) {}

  transcoded finish(outcome what, bytes data) {
    if (!in_.error() && in_.remaining() != 0) in_.fail(protocol_errc::trailing_bytes);
    if (in_.error()) {
      report_.error = in_.error();
      report_.problem = report_.error.message();
    } else if (what != outcome::carried) {
      report_.error = protocol_errc::unknown_constructor;
      report_.problem = lost_.empty() ? "the types of the two layers do not meet"
                                      : "layer " + std::to_string(to_.layer()) + " has no " + lost_;
    } else {
      report_.data = std::move(data);
    }
    return std::move(report_);
  }

  /// A boxed value of any class, or a Bool.
  outcome any(writer& out) {
    const std::uint32_t id = in_.peek_u32();
    if (id == bool_true_id || id == bool_false_id) {
      out.u32(in_.u32());
      return outcome::carried;
    }
    if (!in_.enter()) return outcome::lost;
    const outcome what = any_fields(boxed_definition({}), out);
    in_.leave();
    return what;
  }

  outcome value(type_view a, type_view b, writer& out) {
    if (a.is_vector() && b.is_vector()) return vector(a, b, out);
    if (a.is(kind::rest) && b.is(kind::rest)) return any(out);
    if (is_object(a) && is_object(b)) {
      if (a.is(kind::boxed) && b.is(kind::boxed) && !same_class(a, b)) return reshape(a, b, out);
      return object(a, b, out);
    }
    if (scalars_agree(a, b)) return scalar(a.kind(), b.kind(), out);
    return reshape(a, b, out);
  }

 private:
  // Reads the id of a boxed value and finds its constructor, which must be of the class.
  definition boxed_definition(std::string_view class_name) {
    const definition found = from_.find(in_.u32());
    if (!found) {
      in_.fail(protocol_errc::unknown_constructor);
    } else if (!class_name.empty() &&
               (found.is_function() || found.result().class_name() != class_name)) {
      in_.fail(protocol_errc::wrong_constructor);
      return {};
    }
    return found;
  }

  definition read_definition(type_view type) {
    return type.is(kind::bare) ? type.constructor() : boxed_definition(type.class_name());
  }

  outcome any_fields(definition a, writer& out) {
    if (!a) return outcome::lost;
    const definition b = to_.find(a.name());
    if (!b || b.is_function() != a.is_function()) return lose(a);
    out.u32(b.id());
    return fields(a, b, out);
  }

  outcome object(type_view a, type_view b, writer& out) {
    if (!in_.enter()) return outcome::lost;
    outcome what = outcome::lost;
    if (const definition source = read_definition(a)) {
      const definition target = b.is(kind::bare) ? b.constructor() : to_.find(source.name());
      const bool meets = target && !target.is_function() && target.name() == source.name() &&
                         (b.is(kind::bare) || target.result().class_name() == b.class_name());
      if (!meets) {
        what = lose(source);
      } else {
        if (b.is(kind::boxed)) out.u32(target.id());
        what = fields(source, target, out);
      }
    }
    in_.leave();
    return what;
  }

  outcome lose(definition source) {
    if (lost_.empty()) lost_ = source.name();
    skip_fields(source, std::nullopt);
    return outcome::lost;
  }

  // Reads past the fields of a constructor; one of them, if told, goes through `take` instead.
  template <class Take = outcome (*)(type_view)>
  outcome skip_fields(definition of, std::optional<std::size_t> chosen, Take take = nullptr) {
    outcome what = outcome::empty;
    flag_words words;
    for (std::size_t i = 0; i < of.field_count() && !in_.error(); ++i) {
      const field_view field = of.field(i);
      if (field.type().is(kind::flags)) {
        words.push(in_.u32());
      } else if (words.has(field)) {
        if (i == chosen) {
          what = take(field.type());
        } else {
          skip(from_, in_, field.type());
        }
      }
    }
    return what;
  }

  outcome scalar(kind a, kind b, writer& out) {
    if (is_text(a)) {
      out.bytes(in_.bytes_view());
    } else if (a == kind::boolean && b == kind::present) {
      return in_.boolean() ? outcome::carried : outcome::empty;
    } else if (a == kind::present) {
      if (b == kind::boolean) out.boolean(true);
    } else if (a == kind::int64 && b == kind::int32) {
      const std::int64_t number = in_.i64();
      if (!std::in_range<std::int32_t>(number)) return outcome::alien;
      out.i32(static_cast<std::int32_t>(number));
    } else if (a == kind::int32 && b == kind::int64) {
      out.i64(in_.i32());
    } else if (a == kind::boolean) {
      out.boolean(in_.boolean());
    } else {
      out.raw(in_.raw_view(least_size(a)));
    }
    return outcome::carried;
  }

  outcome vector(type_view a, type_view b, writer& out) {
    if (!in_.enter()) return outcome::lost;
    if (a.is_boxed_vector() && in_.u32() != vector_id) in_.fail(protocol_errc::wrong_constructor);
    if (b.is_boxed_vector()) out.u32(vector_id);
    const std::size_t count_at = out.out().size();
    out.u32(0);
    const std::size_t count = in_.count(least_size(a.item()));
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < count && !in_.error(); ++i) {
      const std::size_t before = out.out().size();
      const bool pending = !lost_.empty();
      if (value(a.item(), b.item(), out) == outcome::carried) {
        ++kept;
      } else {
        out.out().resize(before);
        ++report_.dropped_items;
        absorb(pending, "an item");
      }
    }
    for (unsigned i = 0; i < 4; ++i) {
      out.out()[count_at + i] = static_cast<std::uint8_t>(kept >> 8 * i);
    }
    in_.leave();
    return outcome::carried;
  }

  // A value and a class made around it, one way or the other.
  outcome reshape(type_view a, type_view b, writer& out) {
    const auto meets = [](type_view x, type_view y) {
      return scalars_agree(x, y) || same_class(x, y);
    };
    if (b.is(kind::boxed)) {
      const definition around = plain_member(to_, b.class_name());
      const auto core = around ? core_field(around) : std::nullopt;
      if (core && meets(a, around.field(*core).type())) return wrap(a, around, *core, out);
    }
    if (!a.is(kind::boxed)) {
      skip(from_, in_, a);
      return outcome::alien;
    }
    if (!in_.enter()) return outcome::lost;
    outcome what = outcome::alien;
    if (const definition source = boxed_definition(a.class_name())) {
      auto core = core_field(source);
      // A number means what the class means only in the constructor that stands for the class.
      const definition plain = plain_member(from_, a.class_name());
      const bool stands = b.is(kind::boxed) || (plain && plain.id() == source.id());
      if (!stands || !core || !meets(source.field(*core).type(), b)) core.reset();
      what = skip_fields(source, core, [&](type_view type) { return value(type, b, out); });
      if (!core) {
        what = outcome::alien;
      } else if (what == outcome::empty && write_default(to_, b, out)) {
        what = outcome::carried;
      }
    }
    in_.leave();
    return what;
  }

  outcome wrap(type_view a, definition around, std::size_t core, writer& out) {
    const field_view core_view = around.field(core);
    out.u32(around.id());
    outcome what = outcome::carried;
    std::size_t word = 0;
    for (std::size_t i = 0; i < around.field_count(); ++i) {
      const field_view field = around.field(i);
      if (field.type().is(kind::flags)) {
        const bool decides = core_view.is_optional() && core_view.flag_word() == word++;
        out.u32(decides ? core_view.flag_mask() : 0);
      } else if (i == core) {
        what = value(a, field.type(), out);
      } else if (!field.is_optional() && !write_default(to_, field.type(), out)) {
        what = outcome::alien;
      }
    }
    return what;
  }

  static std::optional<std::size_t> index_of(definition in, std::string_view name,
                                             std::size_t likely) {
    const std::size_t count = in.field_count();
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = (likely + k) % count;
      if (in.field(i).name() == name && !in.field(i).type().is(kind::flags)) return i;
    }
    return std::nullopt;
  }

  struct piece {
    bool here = false;
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  // Reads all fields of `a`, keeps those that `b` has in a buffer, then writes b's in b's order.
  outcome fields(definition a, definition b, writer& out) {
    bytes buffer;
    writer kept(buffer);
    std::vector<piece> pieces(b.field_count());
    flag_words words;
    std::size_t likely = 0;
    bool whole = true;
    for (std::size_t i = 0; i < a.field_count() && !in_.error(); ++i) {
      const field_view source = a.field(i);
      if (source.type().is(kind::flags)) {
        words.push(in_.u32());
        continue;
      }
      if (!words.has(source)) continue;
      const auto target = index_of(b, source.name(), likely);
      if (!target) {
        skip(from_, in_, source.type());
        ++report_.dropped_fields;
        record(full_name(a, source));
        continue;
      }
      likely = *target + 1;
      const bool optional = b.field(*target).is_optional();
      const std::size_t begin = buffer.size();
      const bool pending = !lost_.empty();
      const outcome what = value(source.type(), b.field(*target).type(), kept);
      if (what == outcome::carried) {
        pieces[*target] = {true, begin, buffer.size() - begin};
        continue;
      }
      buffer.resize(begin);
      if (what == outcome::lost && !optional) {
        whole = false;
      } else if (what != outcome::empty) {
        ++report_.dropped_fields;
        absorb(pending, full_name(a, source));
      }
    }
    if (in_.error() || !whole) return outcome::lost;
    return write_fields(b, pieces, buffer, out) ? outcome::carried : outcome::lost;
  }

  bool write_fields(definition b, const std::vector<piece>& pieces, const bytes& buffer,
                    writer& out) {
    std::array<std::uint32_t, tables::max_flag_words> bits{};
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const field_view field = b.field(i);
      if (pieces[i].here && field.is_optional()) bits[field.flag_word()] |= field.flag_mask();
    }
    std::size_t word = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const field_view field = b.field(i);
      if (field.type().is(kind::flags)) {
        out.u32(bits[word++]);
      } else if (pieces[i].here) {
        out.raw(byte_view(buffer).subspan(pieces[i].begin, pieces[i].size));
      } else if (!field.is_optional() || (bits[field.flag_word()] & field.flag_mask()) != 0) {
        if (!write_default(to_, field.type(), out)) {
          if (lost_.empty()) lost_ = "empty value for " + full_name(b, field);
          return false;
        }
      }
    }
    return true;
  }

  static std::string full_name(definition of, field_view field) {
    return std::string(of.name()) + '.' + std::string(field.name());
  }

  // Notes a loss that ends here. A constructor lost before it (`pending`) is not its business.
  void absorb(bool pending, std::string what) {
    if (!pending && !lost_.empty()) {
      what += " (" + std::exchange(lost_, {}) + ')';
    }
    record(std::move(what));
  }

  void record(std::string name) {
    if (report_.losses.size() < most_losses) report_.losses.push_back(std::move(name));
  }

  const schema& from_;
  const schema& to_;
  reader in_;
  transcoded report_;
  // The constructor that the other schema lacks, while it is not yet known what goes with it.
  std::string lost_;
};

}  // namespace

transcoded transcode(const schema& from, const schema& to, byte_view boxed) {
  transcoder work(from, to, boxed);
  bytes data;
  writer out(data);
  const outcome what = work.any(out);
  return work.finish(what, std::move(data));
}

transcoded transcode_result(const schema& from, const schema& to, std::string_view method,
                            byte_view body) {
  const definition before = from.find(method);
  const definition after = to.find(method);
  transcoder work(from, to, body);
  bytes data;
  if (!before || !after || !before.is_function() || !after.is_function()) {
    transcoded refused;
    refused.error = protocol_errc::unknown_constructor;
    refused.problem = "no method " + std::string(method);
    return refused;
  }
  writer out(data);
  const outcome what = work.value(before.result(), after.result(), out);
  return work.finish(what, std::move(data));
}

}  // namespace mtfetch::tl
