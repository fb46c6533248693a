// SPDX-License-Identifier: BSL-1.0
#include "codegen/emit_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace mtfetch::codegen {
namespace {

constexpr const char* tl = "::mtfetch::tl::";

class emitter {
 public:
  explicit emitter(const job& j) : j_(j), s_(*j.s), names_(*j.names), headers_(j) {}

  std::vector<output_file> run() const {
    const pieces all = pieces_of(j_);
    const std::size_t per_part = pieces_per_part(j_.parts);
    // A class's table goes with its last constructor.
    std::map<std::size_t, std::vector<std::size_t>> classes;
    for (std::size_t i = 0; i < s_.classes.size(); ++i) {
      if (!is_sum(s_, i) || !emits_class(j_, i)) continue;
      std::size_t last = 0;
      for (const std::size_t member : s_.classes[i].members) {
        last = std::max(last, all.of(member).value());
      }
      classes[last / per_part].push_back(i);
    }
    std::vector<output_file> files;
    for (std::size_t part = 0; part < j_.parts; ++part) {
      std::vector<std::size_t> structs;
      std::string body;
      for (std::size_t k = 0; k < per_part; ++k) {
        for (const std::size_t i : all.members(part * per_part + k)) {
          structs.push_back(i);
          // A zero stands for the absent partner of a shared bit, and is a struct too.
          for (const field& f : s_.combinators[i].fields) {
            if (!shares_bit(s_.combinators[i], f) || f.type.kind != kind::boxed) continue;
            if (!is_sum(s_, f.type.index) || !f.type.vectors.empty()) continue;
            if (const auto zero = names_.plainest(f.type.index)) structs.push_back(*zero);
          }
          body += "\n" + reader(i) + "\n" + writer(i) + alternative(i);
        }
      }
      for (const std::size_t i : classes[part]) {
        const auto& members = s_.classes[i].members;
        structs.insert(structs.end(), members.begin(), members.end());
        body += class_table(i);
      }
      files.push_back({fmt::format("{}/part_{}.cpp", j_.include, part),
                       source(headers_.of_all(structs), body)});
    }
    return files;
  }

 private:
  std::string owner(std::size_t index) const { return names_.nested(s_.combinators[index].name); }

  // How a value is read or written when its own way, the one its C++ type says, is not it.
  static std::string form(const value_type& type, std::size_t depth = 0) {
    if (depth == type.vectors.size()) {
      return type.kind == kind::bare ? fmt::format("{}as_bare", tl) : fmt::format("{}as_boxed", tl);
    }
    const char* name = type.vectors[depth] == vector_form::boxed ? "as_vector" : "as_bare_vector";
    return fmt::format("{}{}<{}>", tl, name, form(type, depth + 1));
  }
  static bool is_natural(const value_type& type) {
    return type.kind != kind::bare && std::ranges::count(type.vectors, vector_form::bare) == 0;
  }

  static std::string get(const value_type& type, const std::string& value) {
    if (type.kind == kind::rest) return fmt::format("{}get_rest(tl_in, {});", tl, value);
    if (is_natural(type)) return fmt::format("{}get(tl_in, {});", tl, value);
    return fmt::format("{}get_as<{}>(tl_in, {});", tl, form(type), value);
  }
  static std::string put(const value_type& type, const std::string& value) {
    if (type.kind == kind::rest) return fmt::format("{}put_rest(tl_out, {});", tl, value);
    if (is_natural(type)) return fmt::format("{}put(tl_out, {});", tl, value);
    return fmt::format("{}put_as<{}>(tl_out, {});", tl, form(type), value);
  }

  static std::string word_name(const combinator& c, std::size_t word) {
    return "tl_" + c.fields[word].name;
  }
  static std::string mask(const flag& when) { return fmt::format("{:#x}U", 1U << when.bit); }

  bool word_is_used(const combinator& c, std::size_t word) const {
    return std::ranges::any_of(c.fields,
                               [&](const field& f) { return f.when && f.when->word == word; });
  }

  std::string reader(std::size_t index) const {
    const combinator& c = s_.combinators[index];
    std::string body;
    for (std::size_t i = 0; i < c.fields.size(); ++i) {
      const field& f = c.fields[i];
      const std::string name = field_name(c, f);
      std::string line;
      if (f.type.kind == kind::flags) {
        line = word_is_used(c, i) ? fmt::format("const std::uint32_t {} = {}get_flags(tl_in);",
                                                word_name(c, i), tl)
                                  : fmt::format("{}get_flags(tl_in);", tl);
      } else if (f.type.kind == kind::present) {
        line = fmt::format("{} = ({} & {}) != 0;", name, word_name(c, f.when->word), mask(*f.when));
      } else {
        line = get(f.type, name);
        if (f.when) {
          line = fmt::format("if ({} & {}) {}", word_name(c, f.when->word), mask(*f.when), line);
        }
      }
      body += "  " + line + "\n";
    }
    return fmt::format("void {}::tl_read({}reader&{}) {{\n{}}}\n", owner(index), tl,
                       body.empty() ? "" : " tl_in", body);
  }

  std::string writer(std::size_t index) const {
    const combinator& c = s_.combinators[index];
    std::string body;
    // The bits of all words come first: a field may stand before the word of a later one.
    for (std::size_t i = 0; i < c.fields.size(); ++i) {
      if (c.fields[i].type.kind == kind::flags) body += flag_word(c, i);
    }
    for (std::size_t i = 0; i < c.fields.size(); ++i) {
      const field& f = c.fields[i];
      if (f.type.kind == kind::flags) {
        body += word_is_used(c, i)
                    ? fmt::format("  {}put_flags(tl_out, {});\n", tl, word_name(c, i))
                    : fmt::format("  {}put_flags(tl_out, 0);\n", tl);
      } else if (f.type.kind != kind::present) {
        body += written(index, i);
      }
    }
    return fmt::format("void {}::tl_write({}writer&{}) const {{\n{}}}\n", owner(index), tl,
                       body.empty() ? "" : " tl_out", body);
  }

  std::string flag_word(const combinator& c, std::size_t word) const {
    if (!word_is_used(c, word)) return {};
    std::map<unsigned, std::string> conditions;
    for (const field& f : c.fields) {
      if (!f.when || f.when->word != word) continue;
      std::string& condition = conditions[f.when->bit];
      if (!condition.empty()) condition += " || ";
      condition += field_name(c, f);
      if (f.type.kind != kind::present) condition += ".has_value()";
    }
    std::string out = fmt::format("  std::uint32_t {} = 0;\n", word_name(c, word));
    for (const auto& [bit, condition] : conditions) {
      out += fmt::format("  if ({}) {} |= {:#x}U;\n", condition, word_name(c, word), 1U << bit);
    }
    return out;
  }

  static bool shares_bit(const combinator& c, const field& f) {
    return f.when && std::ranges::count_if(c.fields, [&](const field& other) {
                       return other.when && other.when->word == f.when->word &&
                              other.when->bit == f.when->bit;
                     }) > 1;
  }

  std::string written(std::size_t index, std::size_t i) const {
    const combinator& c = s_.combinators[index];
    const field& f = c.fields[i];
    const std::string name = field_name(c, f);
    const bool is_boxed = j_.plan->boxed.contains({index, i});
    if (!f.when) return fmt::format("  {}\n", put(f.type, is_boxed ? "*" + name : name));
    const std::string value = is_boxed ? "**" + name : "*" + name;
    if (!shares_bit(c, f)) return fmt::format("  if ({}) {}\n", name, put(f.type, value));
    // The bit may stand for another field: then this one is written as its zero.
    const std::string zero = names_.zero(f.type);
    if (zero.empty()) {
      throw schema_error(c.at, c.name + ": " + f.name +
                                   " shares its bit, and its type has no value to stand for none");
    }
    return fmt::format("  if ({}) {{\n    {}\n  }} else if ({} & {}) {{\n    {}\n  }}\n", name,
                       put(f.type, value), word_name(c, f.when->word), mask(*f.when),
                       put(f.type, zero));
  }

  std::string alternative(std::size_t index) const {
    const combinator& c = s_.combinators[index];
    if (c.is_function || !is_sum(s_, c.result.index)) return {};
    // Within its own scope the plain name may be a field's: `message` has a field `message`.
    return fmt::format("\nconst {0}alternative {1}::tl_alternative = {0}alternative_of<{2}>();\n",
                       tl, owner(index), names_.qualified(c.name));
  }

  std::string class_table(std::size_t index) const {
    const class_& c = s_.classes[index];
    std::vector<std::size_t> members = c.members;
    std::ranges::sort(members, {}, [&](std::size_t i) { return s_.combinators[i].id; });
    std::string out =
        fmt::format("\nnamespace {{\nconst {}alternative* const members_{}[] = {{\n", tl, index);
    for (const std::size_t member : members) {
      out += fmt::format("    &{}::tl_alternative,\n", owner(member));
    }
    return out + fmt::format(
                     "}};\n}}  // namespace\n\nconst {}class_info {}::tl_info = {{\"{}\", "
                     "members_{}}};\n",
                     tl, names_.nested(c.name), c.name, index);
  }

  std::string source(const std::set<std::string>& headers, const std::string& body) const {
    std::string out = banner;
    for (const auto& header : headers) out += fmt::format("#include <{}>\n", header);
    return out + fmt::format(
                     "\n#include \"mtproto/tl/codec.hpp\"\n\nnamespace {0} {{\n{1}\n}}"
                     "  // namespace {0}\n",
                     names_.cpp_namespace(), body);
  }

  const job& j_;
  const schema& s_;
  const spelling& names_;
  struct_headers headers_;
};

}  // namespace

std::vector<output_file> emit_codec(const job& j) {
  return emitter(j).run();
}

}  // namespace mtfetch::codegen
