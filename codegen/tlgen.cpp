// SPDX-License-Identifier: BSL-1.0
// tlgen: turns TL schema files into C++ types, or into the compact table of a schema.
#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>

#include "codegen/emit_codec.hpp"
#include "codegen/emit_table.hpp"
#include "codegen/output.hpp"
#include "codegen/parser.hpp"

namespace {

using namespace mtfetch::codegen;

constexpr const char* usage =
    "usage: tlgen check SCHEMA...\n"
    "       tlgen types --out DIR --namespace NS --include PATH --methods LIST [--parts N]\n"
    "                   [--base-methods LIST --base-include PATH --base-parts N] SCHEMA...\n"
    "       tlgen table --out DIR --function NAME --header PATH [--with NAME=SCHEMA]\n"
    "                   [--base FUNCTION --base-header PATH --below SCHEMA...] SCHEMA...\n";

struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct arguments {
  std::string command;
  std::map<std::string, std::vector<std::string>> options;
  std::vector<std::string> files;

  std::string one(const std::string& name) const {
    const auto at = options.find(name);
    if (at == options.end()) throw usage_error("missing " + name);
    return at->second.back();
  }
  std::string one_or(const std::string& name, const std::string& otherwise) const {
    return options.contains(name) ? one(name) : otherwise;
  }
  std::vector<std::string> all(const std::string& name) const {
    const auto at = options.find(name);
    return at == options.end() ? std::vector<std::string>() : at->second;
  }
};

arguments parse_arguments(int argc, char** argv) {
  arguments out;
  if (argc < 2) throw usage_error("missing command");
  out.command = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with("--")) {
      out.files.push_back(word);
    } else if (++i < argc) {
      out.options[word].emplace_back(argv[i]);
    } else {
      throw usage_error(word + " needs a value");
    }
  }
  if (out.files.empty()) throw usage_error("missing schema files");
  return out;
}

std::vector<syntax::file> parse_files(const std::vector<std::string>& paths) {
  std::vector<syntax::file> files;
  files.reserve(paths.size());
  for (const auto& path : paths) files.push_back(parse(path, read_file(path)));
  return files;
}

method_list list_from(const std::string& path) {
  if (path == "ALL") return {{{"*", {}}}};
  return method_list::parse(path, read_file(path));
}

void write_types(const arguments& args) {
  const schema s = check(parse_files(args.files));
  const layout plan = lay_out(s);
  const spelling names(s, plan, args.one("--namespace"));
  job j;
  j.s = &s;
  j.plan = &plan;
  j.names = &names;
  j.chosen = closure(s, list_from(args.one("--methods")));
  j.include = args.one("--include");
  j.parts = std::stoul(args.one_or("--parts", "8"));
  if (args.options.contains("--base-include")) {
    j.base_include = args.one("--base-include");
    j.base_chosen = closure(s, list_from(args.one("--base-methods")));
    j.base_parts = std::stoul(args.one("--base-parts"));
    for (std::size_t i = 0; i < j.chosen.size(); ++i) {
      j.chosen[i] = j.chosen[i] && !j.base_chosen[i];
    }
  }
  std::vector<output_file> files = emit_types(j);
  for (auto& file : emit_codec(j)) files.push_back(std::move(file));
  write_changed(args.one("--out"), files);
}

void write_table(const arguments& args) {
  schema below;
  const auto below_files = args.all("--below");
  if (!below_files.empty()) below = check(parse_files(below_files));
  std::vector<table_part> parts;
  parts.push_back({"", check(parse_files(args.files), below_files.empty() ? nullptr : &below)});
  for (const auto& with : args.all("--with")) {
    const auto equals = with.find('=');
    if (equals == std::string::npos) throw usage_error("--with takes NAME=SCHEMA");
    parts.push_back({with.substr(0, equals), check(parse_files({with.substr(equals + 1)}))});
  }
  const table_job j{args.one("--function"), args.one("--header"), args.one_or("--base", ""),
                    args.one_or("--base-header", "")};
  write_changed(args.one("--out"), emit_table(parts, j));
}

int run(const arguments& args) {
  if (args.command == "check") {
    check(parse_files(args.files));
  } else if (args.command == "types") {
    write_types(args);
  } else if (args.command == "table") {
    write_table(args);
  } else {
    throw usage_error("no command " + args.command);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse_arguments(argc, argv));
  } catch (const usage_error& error) {
    std::fprintf(stderr, "tlgen: %s\n%s", error.what(), usage);
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
