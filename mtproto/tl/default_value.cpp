// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/default_value.hpp"

namespace mtfetch::tl {
namespace {

// Deeper than any class needs; a class that only contains itself ends here.
constexpr unsigned max_depth = 8;

// Whether a constructor has the name of its class, which differs in the case of one letter:
// `starsAmount` of `StarsAmount`, `help.termsOfService` of `help.TermsOfService`.
bool named_like(std::string_view constructor, std::string_view class_name) {
  const std::size_t dot = class_name.rfind('.');
  const std::size_t first = dot == std::string_view::npos ? 0 : dot + 1;
  if (constructor.size() != class_name.size() || first >= constructor.size()) return false;
  return constructor.substr(0, first) == class_name.substr(0, first) &&
         constructor.substr(first + 1) == class_name.substr(first + 1) &&
         (constructor[first] | 0x20) == (class_name[first] | 0x20);
}

bool needs_fields(definition of) {
  for (std::size_t i = 0; i < of.field_count(); ++i) {
    const field_view field = of.field(i);
    if (!field.is_optional() && !field.type().is(kind::flags)) return true;
  }
  return false;
}

definition emptiest_member(const schema& in, std::string_view class_name) {
  const class_view members = in.find_class(class_name);
  definition bare;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const definition member = members.member(i);
    if (needs_fields(member)) continue;
    if (member.name().ends_with("Empty")) return member;
    if (!bare) bare = member;
  }
  return bare ? bare : plain_member(in, class_name);
}

bool write(const schema& in, type_view type, writer& out, unsigned depth);

bool write_fields(const schema& in, definition of, writer& out, unsigned depth) {
  for (std::size_t i = 0; i < of.field_count(); ++i) {
    const field_view field = of.field(i);
    if (!field.is_optional() && !write(in, field.type(), out, depth)) return false;
  }
  return true;
}

// Takes back what it wrote when it comes to nothing.
bool write_boxed_member(const schema& in, definition of, writer& out, unsigned depth) {
  const std::size_t before = out.out().size();
  out.u32(of.id());
  if (write_fields(in, of, out, depth)) return true;
  out.out().resize(before);
  return false;
}

bool write(const schema& in, type_view type, writer& out, unsigned depth) {
  if (depth == max_depth) return false;
  if (type.is_vector()) {
    if (type.is_boxed_vector()) out.u32(vector_id);
    out.u32(0);
    return true;
  }
  switch (type.kind()) {
    case kind::present:
      return true;
    case kind::flags:
    case kind::int32:
    case kind::string:
    case kind::bytes:
      out.u32(0);
      return true;
    case kind::int64:
    case kind::float64:
      out.i64(0);
      return true;
    case kind::boolean:
      out.boolean(false);
      return true;
    case kind::int128:
      out.i128({});
      return true;
    case kind::int256:
      out.i256({});
      return true;
    case kind::boxed: {
      if (const definition member = emptiest_member(in, type.class_name())) {
        return write_boxed_member(in, member, out, depth + 1);
      }
      const class_view members = in.find_class(type.class_name());
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (write_boxed_member(in, members.member(i), out, depth + 1)) return true;
      }
      return false;
    }
    case kind::bare:
      return write_fields(in, type.constructor(), out, depth + 1);
    case kind::rest:
      return false;
  }
  return false;
}

}  // namespace

bool write_default(const schema& in, type_view type, writer& out) {
  const std::size_t before = out.out().size();
  if (write(in, type, out, 0)) return true;
  out.out().resize(before);
  return false;
}

definition plain_member(const schema& in, std::string_view class_name) {
  const class_view members = in.find_class(class_name);
  if (members.size() == 1) return members.member(0);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const definition member = members.member(i);
    if (named_like(member.name(), class_name)) return member;
  }
  return {};
}

}  // namespace mtfetch::tl
