// SPDX-License-Identifier: BSL-1.0
#include "tests/tl/random_values.hpp"

#include <array>
#include <bit>

#include "mtproto/tl/default_value.hpp"

namespace mtfetch::tl_test {
namespace {

using tl::kind;

// Deeper than this, values are as empty as can be.
constexpr unsigned most_depth = 5;

}  // namespace

bytes random_values::value_of(tl::definition of) {
  bytes data;
  tl::writer out(data);
  out.u32(of.id());
  fields(of, out);
  return data;
}

std::string random_values::text() {
  static constexpr std::string_view letters[] = {"a", "Z", "\"", "\\", "\n",         "\x01",
                                                 " ", "é", "я",  "語", "\U0001f600", "{"};
  std::string made;
  for (std::uint64_t size = below(12); size > 0; --size) {
    made += letters[below(std::size(letters))];
  }
  if (below(50) == 0) made += std::string(300, 'x');
  return made;
}

bytes random_values::blob() {
  bytes made(below(40) == 0 ? 700 : below(20));
  for (auto& byte : made) byte = static_cast<std::uint8_t>(random_());
  return made;
}

void random_values::fields(tl::definition of, tl::writer& out) {
  ++depth_;
  std::array<std::uint32_t, tl::tables::max_flag_words> bits{};
  for (std::size_t i = 0; i < of.field_count(); ++i) {
    const tl::field_view field = of.field(i);
    if (field.is_optional() && depth_ < most_depth && below(depth_ + 1) == 0) {
      bits[field.flag_word()] |= field.flag_mask();
    }
  }
  std::size_t word = 0;
  for (std::size_t i = 0; i < of.field_count(); ++i) {
    const tl::field_view field = of.field(i);
    if (field.type().is(kind::flags)) {
      out.u32(bits[word++]);
    } else if (!field.is_optional() || (bits[field.flag_word()] & field.flag_mask()) != 0) {
      write(field.type(), out);
    }
  }
  --depth_;
}

void random_values::write(tl::type_view type, tl::writer& out) {
  if (type.is_vector()) {
    if (type.is_boxed_vector()) out.u32(tl::vector_id);
    const std::uint64_t count = depth_ < most_depth ? below(4) : 0;
    out.u32(static_cast<std::uint32_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) write(type.item(), out);
    return;
  }
  switch (type.kind()) {
    case kind::flags:
    case kind::present:
      return;
    case kind::int32:
      return out.u32(static_cast<std::uint32_t>(random_()));
    case kind::int64:
      return out.i64(static_cast<std::int64_t>(random_()));
    case kind::float64:
      // Any bit pattern: infinities and what is no number are among them.
      return out.i64(static_cast<std::int64_t>(below(4) == 0 ? 0x7ff0000000000000 : random_()));
    case kind::string:
      return out.string(text());
    case kind::bytes:
      return out.bytes(blob());
    case kind::boolean:
      return out.boolean(below(2) == 0);
    case kind::int128:
    case kind::int256:
      for (std::size_t i = type.kind() == kind::int128 ? 2 : 4; i > 0; --i) {
        out.i64(static_cast<std::int64_t>(random_()));
      }
      return;
    case kind::boxed: {
      const tl::class_view members = schema_.find_class(type.class_name());
      if (depth_ >= most_depth && tl::write_default(schema_, type, out)) return;
      const tl::definition member = members.member(below(members.size()));
      out.u32(member.id());
      return fields(member, out);
    }
    case kind::bare:
      return fields(type.constructor(), out);
    case kind::rest:
      return out.u32(schema_.find("help.getConfig").id());
  }
}

}  // namespace mtfetch::tl_test
