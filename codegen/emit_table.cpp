// SPDX-License-Identifier: BSL-1.0
#include "codegen/emit_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace mtfetch::codegen {
namespace {

// Every text once, one behind the other.
class string_pool {
 public:
  std::string row(const std::string& text) {
    const auto [at, is_new] = offsets_.emplace(text, pool_.size());
    if (is_new) pool_ += text;
    return fmt::format("{{{}, {}}}", at->second, text.size());
  }
  std::string literal() const {
    std::string out;
    for (std::size_t i = 0; i < pool_.size(); i += 90) {
      out += fmt::format("    \"{}\"\n", pool_.substr(i, 90));
    }
    return out.empty() ? "    \"\"\n" : out;
  }
  std::size_t size() const { return pool_.size(); }

 private:
  std::map<std::string, std::size_t> offsets_;
  std::string pool_;
};

const char* kind_name(kind k) {
  switch (k) {
    case kind::flags:
      return "flags";
    case kind::present:
      return "present";
    case kind::int32:
      return "int32";
    case kind::int64:
      return "int64";
    case kind::float64:
      return "float64";
    case kind::string:
      return "string";
    case kind::bytes:
      return "bytes";
    case kind::boolean:
      return "boolean";
    case kind::int128:
      return "int128";
    case kind::int256:
      return "int256";
    case kind::boxed:
      return "boxed";
    case kind::bare:
      return "bare";
    case kind::rest:
    case kind::nothing:
      break;
  }
  return "rest";
}

// A constructor of one of the parts, under the name that it has in the table.
struct entry {
  const schema* home;
  const combinator* c;
  std::string name;
};

class table {
 public:
  explicit table(const std::vector<table_part>& parts) {
    for (const auto& part : parts) add(part);
    std::ranges::sort(entries_, {}, [](const entry& e) { return e.c->id; });
    for (std::size_t i = 0; i < entries_.size(); ++i) index_[entries_[i].c] = i;
    std::size_t next = 0;
    for (auto& [name, c] : classes_) c.index = next++;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const combinator& c = *entries_[i].c;
      if (!c.is_function) class_of(entries_[i].home, c.result.index).members.push_back(i);
    }
  }

  std::string rows() {
    std::string constructors;
    std::string fields;
    std::size_t first = 0;
    for (const auto& e : entries_) {
      const combinator& c = *e.c;
      constructors +=
          fmt::format("    {{{:#010x}, {}, {}, {}, {}, {}}},\n", c.id, pool_.row(e.name),
                      type(e.home, c.result), first, c.fields.size(), c.is_function);
      for (const auto& f : c.fields) fields += field_row(e, f);
      first += c.fields.size();
    }
    std::string members;
    std::string classes;
    std::size_t member_count = 0;
    for (const auto& [name, c] : classes_) {
      classes +=
          fmt::format("    {{{}, {}, {}}},\n", pool_.row(name), member_count, c.members.size());
      for (const std::size_t member : c.members) members += fmt::format("    {},\n", member);
      member_count += c.members.size();
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < entries_.size(); ++i) order.push_back(i);
    std::ranges::sort(order, {}, [&](std::size_t i) { return entries_[i].name; });
    std::string by_name;
    for (const std::size_t i : order) by_name += fmt::format("    {},\n", i);
    return fmt::format("constexpr std::string_view pool(\n{}    , {});\n", pool_.literal(),
                       pool_.size()) +
           array("tables::constructor", "constructors", constructors) +
           array("tables::field", "fields", fields) + array("tables::class_", "classes", classes) +
           array("std::uint16_t", "members", members) + array("std::uint16_t", "by_name", by_name);
  }

 private:
  struct class_row {
    std::size_t index = 0;
    std::vector<std::size_t> members;
  };

  void add(const table_part& part) {
    const schema& s = part.schema;
    const auto renamed = [&](const std::string& name, bool taken) {
      return taken ? part.prefix + "." + name : name;
    };
    for (std::size_t i = 0; i < s.classes.size(); ++i) {
      if (s.classes[i].name == "Bool") continue;
      const std::string name = renamed(s.classes[i].name, classes_.contains(s.classes[i].name));
      class_names_[{&s, i}] = name;
      classes_[name];
    }
    for (const auto& c : s.combinators) {
      // Bool is a kind of its own in the table.
      if (!c.is_function && s.classes[c.result.index].name == "Bool") continue;
      entries_.push_back({&s, &c, renamed(c.name, names_.contains(c.name))});
      names_.insert(entries_.back().name);
    }
  }

  class_row& class_of(const schema* home, std::size_t index) {
    return classes_.at(class_names_.at({home, index}));
  }

  std::string type(const schema* home, const value_type& t) {
    unsigned vectors = 0;
    for (std::size_t i = t.vectors.size(); i-- > 0;) {
      vectors = vectors << 2 | (t.vectors[i] == vector_form::boxed ? 1 : 2);
    }
    std::size_t index = 0;
    if (t.kind == kind::boxed) index = class_of(home, t.index).index;
    if (t.kind == kind::bare) index = index_.at(&home->combinators[t.index]);
    return fmt::format("{{kind::{}, {}, {}}}", kind_name(t.kind), vectors, index);
  }

  std::string field_row(const entry& e, const field& f) {
    std::string out = fmt::format("    {{{}, {}", pool_.row(f.name), type(e.home, f.type));
    if (f.when) {
      std::size_t word = 0;
      for (std::size_t i = 0; i < f.when->word; ++i) {
        word += e.c->fields[i].type.kind == kind::flags ? 1 : 0;
      }
      out += fmt::format(", {}, {}", word, f.when->bit);
    }
    return out + "},\n";
  }

  // std::array, since a plain array cannot be empty.
  static std::string array(const char* type, const char* name, const std::string& rows) {
    const auto count = std::ranges::count(rows, '\n');
    return fmt::format("\nconstexpr std::array<{}, {}> {} = {{{{\n{}}}}};\n", type, count, name,
                       rows);
  }

  std::vector<entry> entries_;
  std::map<const combinator*, std::size_t> index_;
  std::map<std::string, class_row> classes_;
  std::map<std::pair<const schema*, std::size_t>, std::string> class_names_;
  std::set<std::string> names_;
  string_pool pool_;
};

}  // namespace

std::vector<output_file> emit_table(const std::vector<table_part>& parts, const table_job& j) {
  const auto colons = j.function.rfind("::");
  const std::string space = j.function.substr(0, colons);
  const std::string name = j.function.substr(colons + 2);
  const std::int32_t layer = parts.front().schema.layer;

  std::string header =
      std::string(banner) + "#pragma once\n\n#include \"mtproto/tl/schema.hpp\"\n\n";
  header += fmt::format(
      "namespace {} {{\n\n/// {} layer {}. Constant; any thread may use it.\n"
      "const ::mtfetch::tl::schema& {}();\n\n}}  // namespace {}\n",
      space, j.base.empty() ? "The whole of" : "What differs in", layer, name, space);

  std::string source = std::string(banner) + fmt::format("#include <{}>\n", j.header);
  if (!j.base.empty()) source += fmt::format("#include <{}>\n", j.base_header);
  source += "#include <array>\n\n";
  source += fmt::format(
      "namespace {} {{\nnamespace {{\n\nnamespace tables = ::mtfetch::tl::tables;\n"
      "using ::mtfetch::tl::kind;\n\n{}",
      space, table(parts).rows());
  source +=
      "\nconstexpr ::mtfetch::tl::schema_tables all = {pool,    constructors, fields,\n"
      "                                              classes, members,      by_name};\n";
  source += fmt::format(
      "\n}}  // namespace\n\nconst ::mtfetch::tl::schema& {}() {{\n"
      "  static const ::mtfetch::tl::schema whole(all, {}{});\n"
      "  return whole;\n}}\n\n}}  // namespace {}\n",
      name, layer, j.base.empty() ? "" : ", &" + j.base + "()", space);

  const std::string stem = j.header.substr(0, j.header.rfind('.'));
  return {{j.header, header}, {stem + ".cpp", source}};
}

}  // namespace mtfetch::codegen
