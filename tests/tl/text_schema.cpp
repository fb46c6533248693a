// SPDX-License-Identifier: BSL-1.0
#include "tests/tl/text_schema.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

namespace mtfetch::tl_test {
namespace {

using tl::kind;

const std::map<std::string, kind> builtins = {
    {"#", kind::flags},       {"true", kind::present},   {"int", kind::int32},
    {"long", kind::int64},    {"double", kind::float64}, {"string", kind::string},
    {"bytes", kind::bytes},   {"Bool", kind::boolean},   {"int128", kind::int128},
    {"int256", kind::int256}, {"!X", kind::rest},        {"X", kind::rest},
    {"Object", kind::rest}};

// Takes `flags.3?` off the front of a type.
void strip_flag(std::string& spelled, std::string& word, unsigned& bit) {
  const std::size_t mark = spelled.find('?');
  if (mark == std::string::npos) return;
  const std::size_t dot = spelled.find('.');
  word = spelled.substr(0, dot);
  bit = static_cast<unsigned>(std::stoul(spelled.substr(dot + 1, mark - dot - 1)));
  spelled = spelled.substr(mark + 1);
}

std::string innermost(std::string spelled) {
  std::string word;
  unsigned bit = 0;
  strip_flag(spelled, word, bit);
  while (spelled.size() > 7 && spelled.substr(1, 6) == "ector<") {
    spelled = spelled.substr(7, spelled.size() - 8);
  }
  return spelled;
}

bool is_class(const std::string& spelled) {
  if (builtins.contains(spelled)) return false;
  const std::size_t dot = spelled.rfind('.');
  return std::isupper(static_cast<unsigned char>(spelled[dot == std::string::npos ? 0 : dot + 1]));
}

std::uint32_t made_up_id(const std::string& name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace

text_schema::declaration text_schema::parse(std::string line, bool is_function) {
  declaration made;
  made.is_function = is_function;
  const std::size_t equals = line.rfind('=');
  made.result = line.substr(equals + 1);
  std::erase_if(made.result, [](char c) { return c == ' ' || c == ';'; });
  std::istringstream words(line.substr(0, equals));
  std::string word;
  words >> word;
  const std::size_t hash = word.find('#');
  made.name = word.substr(0, hash);
  made.id = hash == std::string::npos
                ? made_up_id(made.name)
                : static_cast<std::uint32_t>(std::stoul(word.substr(hash + 1), nullptr, 16));
  while (words >> word) {
    if (word.front() == '{') continue;
    const std::size_t colon = word.find(':');
    made.fields.emplace_back(word.substr(0, colon), word.substr(colon + 1));
  }
  return made;
}

tl::tables::text text_schema::text(const std::string& name) {
  const auto offset = static_cast<std::uint32_t>(pool_.size());
  pool_ += name;
  return {offset, static_cast<std::uint16_t>(name.size())};
}

tl::tables::type text_schema::type(const std::string& spelled) {
  if (spelled.size() > 7 && spelled.substr(1, 6) == "ector<") {
    tl::tables::type made = type(spelled.substr(7, spelled.size() - 8));
    const auto level = spelled.front() == 'V' ? tl::tables::boxed_vector : tl::tables::bare_vector;
    made.vectors = static_cast<std::uint8_t>(made.vectors << 2 | level);
    return made;
  }
  if (const auto at = builtins.find(spelled); at != builtins.end()) return {at->second, 0, 0};
  if (is_class(spelled)) return {kind::boxed, 0, class_index_.at(spelled)};
  const std::string name = spelled.front() == '%' ? spelled.substr(1) : spelled;
  const auto at = std::ranges::find(declarations_, name, &declaration::name);
  return {kind::bare, 0, static_cast<std::uint16_t>(at - declarations_.begin())};
}

text_schema::text_schema(std::string_view source, std::int32_t layer, const tl::schema* base)
    : schema_(tables_, layer, base) {
  std::istringstream lines{std::string(source)};
  bool functions = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("---functions---") != std::string::npos) functions = true;
    if (line.find('=') != std::string::npos) declarations_.push_back(parse(line, functions));
  }
  std::ranges::sort(declarations_, {}, &declaration::id);

  std::set<std::string> class_names;
  for (const declaration& made : declarations_) {
    for (const auto& field : made.fields) {
      if (const auto name = innermost(field.second); is_class(name)) class_names.insert(name);
    }
    if (const auto name = innermost(made.result); is_class(name)) class_names.insert(name);
  }
  for (const std::string& name : class_names) {
    class_index_[name] = static_cast<std::uint16_t>(classes_.size());
    tl::tables::class_ row{text(name), static_cast<std::uint16_t>(members_.size()), 0};
    for (std::size_t i = 0; i < declarations_.size(); ++i) {
      if (declarations_[i].is_function || declarations_[i].result != name) continue;
      members_.push_back(static_cast<std::uint16_t>(i));
      ++row.member_count;
    }
    classes_.push_back(row);
  }
  for (const declaration& made : declarations_) {
    constructors_.push_back({made.id, text(made.name), type(made.result),
                             static_cast<std::uint32_t>(fields_.size()),
                             static_cast<std::uint16_t>(made.fields.size()), made.is_function});
    std::vector<std::string> words;
    for (auto [name, spelled] : made.fields) {
      std::string word;
      unsigned bit = 0;
      strip_flag(spelled, word, bit);
      if (spelled == "#") words.push_back(name);
      tl::tables::field row{text(name), type(spelled)};
      if (!word.empty()) {
        row.flag_word = static_cast<std::uint8_t>(std::ranges::find(words, word) - words.begin());
        row.flag_bit = static_cast<std::uint8_t>(bit);
      }
      fields_.push_back(row);
    }
    by_name_.push_back(static_cast<std::uint16_t>(by_name_.size()));
  }
  std::ranges::sort(by_name_, {}, [&](std::uint16_t i) { return declarations_[i].name; });
  tables_ = {pool_, constructors_, fields_, classes_, members_, by_name_};
}

}  // namespace mtfetch::tl_test
