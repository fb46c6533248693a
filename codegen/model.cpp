// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <set>

#include "codegen/id_rule.hpp"
#include "codegen/model.hpp"

namespace mtfetch::codegen {
namespace {

std::string hex(std::uint32_t id) {
  std::array<char, 12> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", id);
  return digits.data();
}

std::optional<kind> builtin_kind(const std::string& name) {
  static const std::map<std::string, kind> kinds = {
      {"int", kind::int32},     {"long", kind::int64},    {"double", kind::float64},
      {"string", kind::string}, {"bytes", kind::bytes},   {"Bool", kind::boolean},
      {"int128", kind::int128}, {"int256", kind::int256}, {"Object", kind::rest}};
  const auto at = kinds.find(name);
  return at == kinds.end() ? std::nullopt : std::optional(at->second);
}

bool is_class_name(const std::string& name) {
  return std::isupper(static_cast<unsigned char>(short_of(name)[0])) != 0;
}

class checker {
 public:
  explicit checker(const schema* below) : below_(below) {}

  schema run(const std::vector<syntax::file>& files) {
    std::vector<const syntax::declaration*> declarations;
    for (const auto& file : files) {
      if (file.layer) out_.layer = *file.layer;
      for (const auto& d : file.declarations) {
        const std::uint32_t id = checked_id(d);
        if (d.is_builtin) continue;
        declare(d, id);
        declarations.push_back(&d);
      }
    }
    for (std::size_t i = 0; i < declarations.size(); ++i) {
      if (!declarations[i]->is_function) join_class(*declarations[i], i);
    }
    for (std::size_t i = 0; i < declarations.size(); ++i) {
      resolve(*declarations[i], out_.combinators[i]);
    }
    for (std::size_t i = 0; i < declarations.size(); ++i) check_items(*declarations[i], i);
    return std::move(out_);
  }

 private:
  static std::uint32_t checked_id(const syntax::declaration& d) {
    const std::uint32_t by_rule = crc32(canonical_text(d));
    if (!d.id || d.is_fixed || *d.id == by_rule) return d.id.value_or(by_rule);
    throw schema_error(d.at, "the id of " + d.name + " is #" + hex(*d.id) +
                                 " but its text gives #" + hex(by_rule) +
                                 "; mark it // FIXED if it is right");
  }

  void declare(const syntax::declaration& d, std::uint32_t id) {
    if (is_class_name(d.name)) {
      throw schema_error(d.at, d.name + ": the name of a constructor or method is lower case");
    }
    if (!out_.combinator_by_name.emplace(d.name, out_.combinators.size()).second) {
      throw schema_error(d.at, d.name + " is declared twice");
    }
    const auto [same, is_new] = by_id_.emplace(id, d.name);
    if (!is_new) {
      throw schema_error(d.at, d.name + " has the id #" + hex(id) + " of " + same->second);
    }
    combinator c;
    c.name = d.name;
    c.id = id;
    c.is_function = d.is_function;
    c.is_fixed = d.is_fixed;
    c.text = text_of(d);
    c.at = d.at;
    out_.combinators.push_back(std::move(c));
  }

  std::size_t class_index(const std::string& name) {
    const auto [at, is_new] = out_.class_by_name.emplace(name, out_.classes.size());
    if (is_new) out_.classes.push_back({name, {}});
    return at->second;
  }

  void join_class(const syntax::declaration& d, std::size_t index) {
    if (!is_class_name(d.result.name) || !d.result.arguments.empty() || d.result.percent ||
        d.result.bang) {
      throw schema_error(d.result.at, "a constructor belongs to a class, not to " + d.result.name);
    }
    out_.classes[class_index(d.result.name)].members.push_back(index);
  }

  void resolve(const syntax::declaration& d, combinator& c) {
    std::set<std::string> names;
    for (const auto& f : d.fields) {
      if (!names.insert(f.name).second) {
        throw schema_error(f.at, d.name + " has two fields called " + f.name);
      }
      c.fields.push_back(resolve(d, c, f));
    }
    if (d.is_function && d.is_unanswered) {
      c.result.kind = kind::nothing;
    } else if (d.is_function) {
      c.result = resolve(d, d.result);
    } else {
      c.result.kind = kind::boxed;
      c.result.index = class_index(d.result.name);
    }
  }

  field resolve(const syntax::declaration& d, const combinator& c, const syntax::field& f) {
    field out;
    out.name = f.name;
    if (f.when) out.when = resolve(c, *f.when);
    if (f.type.name == "true" && f.type.arguments.empty()) {
      if (!f.when) throw schema_error(f.type.at, "`true` stands only behind a flag");
      out.type.kind = kind::present;
      return out;
    }
    out.type = resolve(d, f.type);
    if (out.type.kind == kind::flags && (f.when || !out.type.vectors.empty())) {
      throw schema_error(f.type.at, "a word of flags is always there, and single");
    }
    if (out.type.kind == kind::rest && (f.when || !out.type.vectors.empty())) {
      throw schema_error(f.type.at, f.name + " goes to the end of the data: not behind a flag, " +
                                        "not in a vector");
    }
    return out;
  }

  static flag resolve(const combinator& c, const syntax::condition& when) {
    for (std::size_t i = 0; i < c.fields.size(); ++i) {
      if (c.fields[i].name != when.word) continue;
      if (c.fields[i].type.kind != kind::flags) {
        throw schema_error(when.at, when.word + " is not a word of flags");
      }
      if (when.bit > 31) {
        throw schema_error(when.at, "bit " + std::to_string(when.bit) + " of " + when.word +
                                        ": a word of flags has the bits 0 to 31");
      }
      return {i, static_cast<unsigned>(when.bit)};
    }
    throw schema_error(when.at, when.word + " is not a word of flags declared before");
  }

  value_type resolve(const syntax::declaration& d, const syntax::type& t) {
    if (t.name == "Vector" || t.name == "vector") return resolve_vector(d, t);
    if (!t.arguments.empty()) throw schema_error(t.at, t.name + " takes no type in < >");
    value_type out;
    const bool is_parameter = std::ranges::count(d.type_parameters, t.name) != 0;
    if (t.bang != is_parameter && &t != &d.result) {
      throw schema_error(t.at, is_parameter ? "the parameter " + t.name + " is written !" + t.name
                                            : t.name + " is not a type parameter");
    }
    if (is_parameter) {
      out.kind = kind::rest;
    } else if (t.name == "#") {
      out.kind = kind::flags;
    } else if (const auto builtin = builtin_kind(t.name); builtin && !t.percent) {
      out.kind = *builtin;
    } else if (is_class_name(t.name)) {
      resolve_class(t, out);
    } else {
      const auto at = out_.combinator_by_name.find(t.name);
      if (at == out_.combinator_by_name.end() || out_.combinators[at->second].is_function) {
        throw schema_error(t.at, "unknown type " + t.name);
      }
      out.kind = kind::bare;
      out.index = at->second;
    }
    return out;
  }

  void resolve_class(const syntax::type& t, value_type& out) {
    const auto at = out_.class_by_name.find(t.name);
    const bool is_known = at != out_.class_by_name.end() ||
                          (below_ != nullptr && below_->class_by_name.contains(t.name));
    if (!is_known) throw schema_error(t.at, "unknown type " + t.name);
    out.kind = kind::boxed;
    out.index = class_index(t.name);
    if (!t.percent) return;
    const auto& members = out_.classes[out.index].members;
    if (members.size() != 1) {
      throw schema_error(t.at, "%" + t.name + " needs a class of one constructor, " + t.name +
                                   " has " + std::to_string(members.size()));
    }
    out.kind = kind::bare;
    out.index = members.front();
  }

  value_type resolve_vector(const syntax::declaration& d, const syntax::type& t) {
    if (t.arguments.size() != 1)
      throw schema_error(t.at, t.name + " takes one type: " + t.name + "<T>");
    if (t.arguments.front().name == "#") {
      throw schema_error(t.arguments.front().at, "a word of flags is always there, and single");
    }
    value_type out = resolve(d, t.arguments.front());
    const bool is_boxed = t.name == "Vector" && !t.percent;
    out.vectors.insert(out.vectors.begin(), is_boxed ? vector_form::boxed : vector_form::bare);
    return out;
  }

  // An item of no bytes would let a count of any size through.
  void check_items(const syntax::declaration& d, std::size_t index) const {
    const combinator& c = out_.combinators[index];
    for (std::size_t i = 0; i < c.fields.size(); ++i) {
      const value_type& type = c.fields[i].type;
      if (type.kind == kind::bare && !type.vectors.empty() &&
          out_.combinators[type.index].fields.empty()) {
        throw schema_error(d.fields[i].type.at, "items of " + d.fields[i].name + " take no bytes");
      }
    }
  }

  const schema* below_;
  schema out_;
  std::map<std::uint32_t, std::string> by_id_;
};

}  // namespace

std::string space_of(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? "base" : name.substr(0, dot);
}

std::string short_of(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

schema check(const std::vector<syntax::file>& files, const schema* below) {
  return checker(below).run(files);
}

}  // namespace mtfetch::codegen
