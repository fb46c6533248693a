// SPDX-License-Identifier: BSL-1.0
#include "codegen/id_rule.hpp"

namespace mtfetch::codegen {
namespace {

std::string spelled(const syntax::type& type, bool canonical) {
  std::string text = type.bang ? "!" : type.percent ? "%" : "";
  text += canonical && type.name == "bytes" ? "string" : type.name;
  for (const auto& argument : type.arguments) {
    text += canonical ? " " : "<";
    // The rule turns `bytes` into `string` only where it is a whole field.
    text += canonical && argument.arguments.empty() ? spelled(argument, false)
                                                    : spelled(argument, canonical);
    if (!canonical) text += ">";
  }
  return text;
}

std::string spelled(const syntax::declaration& d, bool canonical) {
  std::string text = d.name;
  for (const auto& parameter : d.type_parameters) {
    text += canonical ? " " + parameter + ":Type" : " {" + parameter + ":Type}";
  }
  if (d.is_builtin) {
    text += d.type_parameters.empty() ? " ?" : " # [ " + d.type_parameters.front() + " ]";
  }
  for (const auto& field : d.fields) {
    if (canonical && field.when && field.type.name == "true") continue;
    text += " " + field.name + ":";
    if (field.when) text += field.when->word + "." + std::to_string(field.when->bit) + "?";
    text += spelled(field.type, canonical);
  }
  text += " = " + d.result.name;
  for (const auto& argument : d.result.arguments) {
    text += canonical || d.is_builtin ? " " + argument.name : "<" + spelled(argument, false) + ">";
  }
  return text;
}

}  // namespace

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

std::string text_of(const syntax::declaration& d) {
  return spelled(d, false);
}

std::string canonical_text(const syntax::declaration& d) {
  return spelled(d, true);
}

}  // namespace mtfetch::codegen
