// SPDX-License-Identifier: BSL-1.0
#include "codegen/emit_types.hpp"

#include <fmt/format.h>

#include <map>

namespace mtfetch::codegen {
namespace {

class emitter {
 public:
  explicit emitter(const job& j)
      : j_(j), s_(*j.s), names_(*j.names), pieces_(pieces_of(j)), headers_(j), sizes_(*j.s) {}

  std::vector<output_file> run() {
    std::vector<output_file> files;
    files.push_back({j_.include + "/classes.hpp", classes()});
    std::string umbrella = fmt::format("{}#pragma once\n\n", banner);
    for (const auto& space : j_.plan->spaces) {
      const std::string path = fmt::format("{}/{}.hpp", j_.include, space);
      files.push_back({path, header(space)});
      umbrella += fmt::format("#include <{}>\n", path);
    }
    files.push_back({j_.include + ".hpp", umbrella});
    for (std::size_t i = 0; i < pieces_.count(); ++i) {
      files.push_back({fmt::format("{}/piece_{}.hpp", j_.include, i), piece(i)});
    }
    return files;
  }

 private:
  // Groups text by TL namespace: each is opened once.
  using sections = std::map<std::string, std::string>;

  std::string in_namespaces(const sections& texts, bool with_operators) const {
    std::string out;
    for (const auto& [space, text] : texts) {
      const std::string where =
          space == "base" ? names_.cpp_namespace() : names_.cpp_namespace() + "::" + space;
      out += fmt::format("\nnamespace {} {{\n", where);
      if (!text.starts_with('\n')) out += "\n";
      if (with_operators) out += "using ::mtfetch::tl::operator==;\n";
      out += text + fmt::format("\n}}  // namespace {}\n", where);
    }
    return out;
  }

  std::string classes() const {
    sections forward;
    sections aliases;
    sections definitions;
    for (std::size_t i = 0; i < s_.combinators.size(); ++i) {
      const std::string& name = s_.combinators[i].name;
      if (j_.chosen[i]) {
        forward[space_of(name)] += fmt::format("struct {};\n", names_.plain(name));
      }
    }
    for (std::size_t i = 0; i < s_.classes.size(); ++i) {
      if (!emits_class(j_, i)) continue;
      const std::string& name = s_.classes[i].name;
      if (is_sum(s_, i)) {
        forward[space_of(name)] += fmt::format("class {};\n", names_.plain(name));
        definitions[space_of(name)] += sum(i);
      } else {
        const std::string only = s_.combinators[s_.classes[i].members.front()].name;
        aliases[space_of(name)] +=
            fmt::format("using {} = {};\n", names_.plain(name), names_.qualified(only));
      }
    }
    std::string out = fmt::format("{}#pragma once\n\n", banner);
    if (!j_.base_include.empty())
      out += fmt::format("#include <{}/classes.hpp>\n", j_.base_include);
    out += "#include \"mtproto/tl/one_of.hpp\"\n";
    return out + in_namespaces(forward, true) + in_namespaces(aliases, false) +
           in_namespaces(definitions, false);
  }

  std::string sum(std::size_t index) const {
    const class_& c = s_.classes[index];
    std::string out = "\n/// One of:";
    for (std::size_t i = 0; i < c.members.size(); ++i) {
      out += (i == 0 ? " " : ", ") + names_.nested(s_.combinators[c.members[i]].name);
    }
    out += fmt::format(
        "\nclass {0} : public ::mtfetch::tl::one_of<{0}> {{\n"
        " public:\n"
        "  using one_of::one_of;\n"
        "  static const ::mtfetch::tl::class_info tl_info;\n"
        "}};\n",
        names_.plain(c.name));
    return out;
  }

  std::string header(const std::string& space) const {
    std::vector<std::size_t> structs;
    for (const std::size_t i : j_.plan->order) {
      const combinator& c = s_.combinators[i];
      if (!j_.chosen[i] || j_.plan->home[i] != space) continue;
      structs.push_back(i);
      // What methods give is included for those who call them.
      if (const auto held = struct_of(s_, c.result); held && c.is_function)
        structs.push_back(*held);
    }
    std::set<std::string> paths = headers_.of_all(structs);
    if (!j_.base_include.empty()) paths.insert(fmt::format("{}/{}.hpp", j_.base_include, space));
    paths.insert(fmt::format("{}/{}.hpp", j_.include, space == "base" ? "classes" : "base"));
    return fmt::format("{}#pragma once\n\n{}", banner, includes(paths));
  }

  static std::string includes(const std::set<std::string>& paths) {
    std::string out;
    for (const auto& path : paths) out += fmt::format("#include <{}>\n", path);
    return out;
  }

  std::string piece(std::size_t index) const {
    // What stands in a vector may be incomplete here; who includes the piece includes that too.
    std::set<std::string> before;
    for (const std::size_t i : pieces_.members(index)) {
      for (const auto& f : s_.combinators[i].fields) {
        const auto held = struct_of(s_, f.type);
        if (held && f.type.vectors.empty()) before.insert(headers_.of(*held));
      }
    }
    before.erase(fmt::format("{}/piece_{}.hpp", j_.include, index));
    return fmt::format("{}#pragma once\n\n#include <{}/classes.hpp>\n{}{}", banner, j_.include,
                       includes(before), structures(index));
  }

  // A struct stands after those it holds, so a namespace may be opened more than once.
  std::string structures(std::size_t index) const {
    std::string out;
    std::string open;
    const auto close = [&] {
      if (!open.empty()) out += fmt::format("\n}}  // namespace {}\n", open);
    };
    for (const std::size_t i : pieces_.members(index)) {
      const std::string own = space_of(s_.combinators[i].name);
      const std::string where =
          own == "base" ? names_.cpp_namespace() : names_.cpp_namespace() + "::" + own;
      if (where != open) {
        close();
        out += fmt::format("\nnamespace {} {{\n", where);
        open = where;
      }
      out += structure(i);
    }
    close();
    return out + "\n";
  }

  std::string structure(std::size_t index) const {
    const combinator& c = s_.combinators[index];
    std::string out = fmt::format("\n/// {}\nstruct {} {{\n", c.text, names_.plain(c.name));
    out += fmt::format("  static constexpr std::uint32_t tl_id = {:#010x};\n", c.id);
    out += fmt::format("  static constexpr std::string_view tl_name{{\"{}\", {}}};\n", c.name,
                       c.name.size());
    if (c.is_function) {
      out += fmt::format("  using result = {};\n", names_.type(c.result));
    } else if (!is_sum(s_, c.result.index)) {
      out += fmt::format("  static constexpr std::size_t tl_min_size = {};\n", sizes_.bare(index));
    } else {
      out += fmt::format("  using tl_class = {};\n", names_.type(c.result));
      out += "  static const ::mtfetch::tl::alternative tl_alternative;\n";
    }
    std::string members;
    for (std::size_t i = 0; i < c.fields.size(); ++i) {
      const field& f = c.fields[i];
      if (f.type.kind == kind::flags) continue;
      members += fmt::format("  {} {}{};\n", names_.member_type(index, i), field_name(c, f),
                             names_.initializer(f));
    }
    if (!members.empty()) out += "\n" + members;
    out += "\n  void tl_read(::mtfetch::tl::reader& tl_in);\n";
    out += "  void tl_write(::mtfetch::tl::writer& tl_out) const;\n};\n";
    return out;
  }

  const job& j_;
  const schema& s_;
  const spelling& names_;
  pieces pieces_;
  struct_headers headers_;
  wire_sizes sizes_;
};

}  // namespace

bool emits_class(const job& j, std::size_t index) {
  const auto& members = j.s->classes[index].members;
  return is_emitted_class(*j.s, index) && !members.empty() && j.chosen[members.front()];
}

std::vector<output_file> emit_types(const job& j) {
  return emitter(j).run();
}

}  // namespace mtfetch::codegen
