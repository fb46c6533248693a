// SPDX-License-Identifier: BSL-1.0
#include "codegen/spelling.hpp"

namespace mtfetch::codegen {
namespace {

const std::set<std::string>& keywords() {
  static const std::set<std::string> words = {"alignas",       "alignof",     "and",
                                              "and_eq",        "asm",         "auto",
                                              "bitand",        "bitor",       "bool",
                                              "break",         "case",        "catch",
                                              "char",          "char16_t",    "char32_t",
                                              "char8_t",       "class",       "co_await",
                                              "co_return",     "co_yield",    "compl",
                                              "concept",       "const",       "const_cast",
                                              "consteval",     "constexpr",   "constinit",
                                              "continue",      "decltype",    "default",
                                              "delete",        "do",          "double",
                                              "dynamic_cast",  "else",        "enum",
                                              "explicit",      "export",      "extern",
                                              "false",         "float",       "for",
                                              "friend",        "goto",        "if",
                                              "inline",        "int",         "long",
                                              "mutable",       "namespace",   "new",
                                              "noexcept",      "not",         "not_eq",
                                              "nullptr",       "operator",    "or",
                                              "or_eq",         "private",     "protected",
                                              "public",        "register",    "reinterpret_cast",
                                              "requires",      "return",      "short",
                                              "signed",        "sizeof",      "static",
                                              "static_assert", "static_cast", "struct",
                                              "switch",        "template",    "this",
                                              "thread_local",  "throw",       "true",
                                              "try",           "typedef",     "typeid",
                                              "typename",      "union",       "unsigned",
                                              "using",         "virtual",     "void",
                                              "volatile",      "wchar_t",     "while",
                                              "xor",           "xor_eq"};
  return words;
}

std::string scalar(kind k) {
  switch (k) {
    case kind::flags:
      return "std::uint32_t";
    case kind::present:
    case kind::boolean:
      return "bool";
    case kind::int32:
      return "std::int32_t";
    case kind::int64:
      return "std::int64_t";
    case kind::float64:
      return "double";
    case kind::string:
      return "std::string";
    case kind::bytes:
      return "::mtfetch::shared_bytes";
    case kind::int128:
      return "::mtfetch::tl::int128";
    case kind::int256:
      return "::mtfetch::tl::int256";
    case kind::rest:
      return "::mtfetch::tl::raw";
    case kind::nothing:
      return "void";
    case kind::boxed:
    case kind::bare:
      break;
  }
  return {};
}

std::string replace_dots(std::string name) {
  for (std::size_t at; (at = name.find('.')) != std::string::npos;) name.replace(at, 1, "::");
  return name;
}

}  // namespace

std::string field_name(const combinator& c, const field& f) {
  const bool clashes = keywords().contains(f.name) || (c.is_function && f.name == "result");
  return clashes ? f.name + "_" : f.name;
}

spelling::spelling(const schema& s, const layout& plan, std::string cpp_namespace)
    : s_(s),
      plan_(plan),
      namespace_(std::move(cpp_namespace)),
      spaces_(plan.spaces.begin() + 1, plan.spaces.end()) {}

std::string spelling::plain(const std::string& tl_name) const {
  const bool clashes = space_of(tl_name) == "base" && spaces_.contains(tl_name);
  const std::string name = short_of(tl_name);
  return clashes || keywords().contains(name) ? name + "_" : name;
}

std::string spelling::nested(const std::string& tl_name) const {
  const std::string space = space_of(tl_name);
  return space == "base" ? plain(tl_name) : replace_dots(space) + "::" + plain(tl_name);
}

std::string spelling::qualified(const std::string& tl_name) const {
  return "::" + namespace_ + "::" + nested(tl_name);
}

std::string spelling::type(const value_type& type) const {
  std::string name = scalar(type.kind);
  if (const auto held = struct_of(s_, type)) {
    name = qualified(s_.combinators[*held].name);
  } else if (type.kind == kind::boxed) {
    name = qualified(s_.classes[type.index].name);
  }
  for (std::size_t i = 0; i < type.vectors.size(); ++i) name.insert(0, "std::vector<").append(">");
  return name;
}

std::string spelling::member_type(std::size_t combinator, std::size_t field) const {
  const codegen::field& f = s_.combinators[combinator].fields[field];
  std::string name = type(f.type);
  if (plan_.boxed.contains({combinator, field})) name = "::mtfetch::tl::boxed<" + name + ">";
  if (!f.when || f.type.kind == kind::present) return name;
  // std::optional only of the few basic types: it is dear to instantiate.
  const bool basic = f.type.vectors.empty() && !scalar(f.type.kind).empty();
  return (basic ? "std::optional<" : "::mtfetch::tl::optional<") + name + ">";
}

std::string spelling::initializer(const field& f) const {
  if (!f.type.vectors.empty() || (f.when && f.type.kind != kind::present)) return "";
  switch (f.type.kind) {
    case kind::int32:
    case kind::int64:
    case kind::float64:
      return " = 0";
    case kind::boolean:
    case kind::present:
      return " = false";
    case kind::int128:
    case kind::int256:
      return "{}";
    default:
      return "";
  }
}

bool spelling::is_plain(std::size_t combinator, std::set<std::size_t>& open) const {
  if (!open.insert(combinator).second) return false;
  bool plain = true;
  for (const auto& f : s_.combinators[combinator].fields) {
    if (f.when || !f.type.vectors.empty()) continue;
    if (f.type.kind == kind::boxed && is_sum(s_, f.type.index)) plain = false;
    if (const auto held = struct_of(s_, f.type)) plain = plain && is_plain(*held, open);
  }
  open.erase(combinator);
  return plain;
}

std::optional<std::size_t> spelling::plainest(std::size_t class_index) const {
  std::optional<std::size_t> best;
  std::set<std::size_t> open;
  for (const std::size_t member : s_.classes[class_index].members) {
    if (!is_plain(member, open)) continue;
    const auto fields = [&](std::size_t i) { return s_.combinators[i].fields.size(); };
    if (!best || fields(member) < fields(*best)) best = member;
  }
  return best;
}

std::string spelling::zero(const value_type& type) const {
  if (type.vectors.empty() && type.kind == kind::boxed && is_sum(s_, type.index)) {
    const auto member = plainest(type.index);
    if (!member) return "";
    return this->type(type) + "(" + qualified(s_.combinators[*member].name) + "{})";
  }
  std::set<std::size_t> open;
  const auto held = struct_of(s_, type);
  const bool can_be_zero = !type.vectors.empty() || !held || is_plain(*held, open);
  return can_be_zero ? this->type(type) + "{}" : "";
}

}  // namespace mtfetch::codegen
