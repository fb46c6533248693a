// SPDX-License-Identifier: BSL-1.0
// Walks serialized bytes by a schema and tells a sink what stands there.
#pragma once

#include <array>
#include <cstdint>

#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/schema.hpp"

namespace mtfetch::tl {

/// The least number of bytes that a value takes on the wire; numbers take just these.
inline std::size_t least_size(kind of) {
  switch (of) {
    case kind::int64:
    case kind::float64:
      return 8;
    case kind::int128:
      return 16;
    case kind::int256:
      return 32;
    default:
      return 4;
  }
}
inline std::size_t least_size(type_view type) {
  return type.is_vector() ? 4 : least_size(type.kind());
}

/// Which bits of a constructor's `word`-th flag word have a field.
inline std::uint32_t known_flags(definition of, std::size_t word) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < of.field_count(); ++i) {
    const field_view field = of.field(i);
    if (field.is_optional() && field.flag_word() == word) bits |= field.flag_mask();
  }
  return bits;
}

/// The words of flags of one value while it is read or written.
class flag_words {
 public:
  void push(std::uint32_t word) {
    if (size_ < words_.size()) words_[size_++] = word;
  }
  bool has(field_view field) const {
    return !field.is_optional() ||
           (field.flag_word() < size_ && (words_[field.flag_word()] & field.flag_mask()) != 0);
  }

 private:
  std::array<std::uint32_t, tables::max_flag_words> words_{};
  std::size_t size_ = 0;
};

/// Calls the sink in the order of the data. The reader's sticky error says whether the walk went
/// through; what the sink was told before an error is of no use.
/// A sink has: begin(definition), field(field_view), end(); begin_vector(count), item(),
/// end_vector(); extra_flags(field_view, bits no field has); present(), boolean(bool),
/// int32, int64, float64, string(byte_view), bytes(byte_view), fixed(byte_view of int128/256),
/// unknown(byte_view of a value no schema explains), and mark() / rewind(mark) to take back what it
/// was told since.
template <class Sink>
class walker {
 public:
  walker(const schema& in_schema, reader& in, Sink& sink)
      : schema_(in_schema), in_(in), sink_(sink) {}

  /// A boxed value of any class, or a Bool.
  void any() {
    const std::uint32_t id = in_.peek_u32();
    if (in_.error()) return;
    if (id == bool_true_id || id == bool_false_id) {
      sink_.boolean(in_.boolean());
    } else {
      boxed({});
    }
  }

  void value(type_view type) {
    if (type.is_vector()) return vector(type);
    switch (type.kind()) {
      case kind::flags:
        in_.u32();
        return;
      case kind::present:
        return sink_.present();
      case kind::int32:
        return sink_.int32(in_.i32());
      case kind::int64:
        return sink_.int64(in_.i64());
      case kind::float64:
        return sink_.float64(in_.f64());
      case kind::string:
        return sink_.string(in_.bytes_view());
      case kind::bytes:
        return sink_.bytes(in_.bytes_view());
      case kind::boolean:
        return sink_.boolean(in_.boolean());
      case kind::int128:
        return sink_.fixed(in_.i128());
      case kind::int256:
        return sink_.fixed(in_.i256());
      case kind::boxed:
        return boxed(type.class_name());
      case kind::bare:
        if (!in_.enter()) return;
        fields(type.constructor());
        in_.leave();
        return;
      case kind::rest:
        return rest();
    }
  }

 private:
  void boxed(std::string_view class_name) {
    if (!in_.enter()) return;
    const std::uint32_t id = in_.u32();
    const definition found = schema_.find(id);
    if (!found) {
      in_.fail(protocol_errc::unknown_constructor);
    } else if (!class_name.empty() &&
               (found.is_function() || found.result().class_name() != class_name)) {
      in_.fail(protocol_errc::wrong_constructor);
    } else {
      fields(found);
    }
    in_.leave();
  }

  void fields(definition of) {
    flag_words words;
    std::size_t word_count = 0;
    sink_.begin(of);
    for (std::size_t i = 0; i < of.field_count() && !in_.error(); ++i) {
      const field_view field = of.field(i);
      if (field.type().is(kind::flags)) {
        const std::uint32_t word = in_.u32();
        words.push(word);
        const std::uint32_t extra = word & ~known_flags(of, word_count++);
        if (extra != 0) sink_.extra_flags(field, extra);
      } else if (words.has(field)) {
        sink_.field(field);
        value(field.type());
      }
    }
    sink_.end();
  }

  void vector(type_view type) {
    if (!in_.enter()) return;
    if (type.is_boxed_vector() && in_.u32() != vector_id)
      in_.fail(protocol_errc::wrong_constructor);
    const type_view item = type.item();
    const std::size_t count = in_.count(least_size(item));
    sink_.begin_vector(count);
    for (std::size_t i = 0; i < count && !in_.error(); ++i) {
      sink_.item();
      value(item);
    }
    sink_.end_vector();
    in_.leave();
  }

  // The data says what it is; when it does not say it in this schema's words, it is kept as it is.
  void rest() {
    reader attempt = in_;
    const byte_view all = in_.rest();
    const auto mark = sink_.mark();
    walker(schema_, attempt, sink_).any();
    if (attempt.error() || attempt.remaining() != 0) {
      sink_.rewind(mark);
      sink_.unknown(all);
    }
  }

  const schema& schema_;
  reader& in_;
  Sink& sink_;
};

/// A sink for those who only want to get past a value.
struct ignore_sink {
  void begin(definition) {}
  void field(field_view) {}
  void end() {}
  void begin_vector(std::size_t) {}
  void item() {}
  void end_vector() {}
  void extra_flags(field_view, std::uint32_t) {}
  void present() {}
  void boolean(bool) {}
  void int32(std::int32_t) {}
  void int64(std::int64_t) {}
  void float64(double) {}
  void string(byte_view) {}
  void bytes(byte_view) {}
  void fixed(byte_view) {}
  void unknown(byte_view) {}
  int mark() const { return 0; }
  void rewind(int) {}
};

/// Reads past one value.
inline void skip(const schema& in_schema, reader& in, type_view type) {
  ignore_sink sink;
  walker(in_schema, in, sink).value(type);
}

}  // namespace mtfetch::tl
