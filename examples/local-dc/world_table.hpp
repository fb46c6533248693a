// SPDX-License-Identifier: BSL-1.0
// One table of a world file: values by type, and errors that say file, line and key.
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch::local_dc {

/// Where something stands: for errors.
struct place {
  std::string file;
  int line = 0;
  std::string key;  ///< "chat.message.from"
};

/// Throws mtfetch::error (bad_config): "world.toml:12: chat.message.from: what".
[[noreturn]] void refuse(const place& at, const std::string& what);

/// A string of the file that names something, and where.
struct name_at {
  std::string name;
  place at;
};

/// A table whose keys are taken one by one; end() refuses those that nobody took. The TOML document
/// outlives it.
class world_table {
 public:
  world_table(const toml::table& of, std::string file, std::string path);

  place at() const { return at("", of_); }
  /// Of a key's value; of the table where the key is missing or empty.
  place at(std::string_view key) const;
  bool has(std::string_view key) const { return of_.contains(key); }

  // Each leaves `to` as it is where the key is missing.
  void take(std::string_view key, std::string& to);
  void take(std::string_view key, bool& to);
  void take(std::string_view key, double& to);
  /// A number of lowest to highest.
  template <class Number>
  void take(std::string_view key, Number& to, std::int64_t lowest, std::int64_t highest) {
    to = static_cast<Number>(number(key, to, lowest, highest));
  }
  /// Bytes: a number, or text like "6MB".
  void take_size(std::string_view key, std::int64_t& to);
  /// A TOML date-time (without an offset: UTC) or date, as unix time.
  void take_time(std::string_view key, std::int32_t& to);
  template <class Value>
  void take_word(std::string_view key, Value& to, const std::map<std::string, Value>& words) {
    std::string word;
    if (!has(key)) return;
    take(key, word);
    const auto found = words.find(word);
    if (found == words.end()) {
      std::string known;
      for (const auto& [name, value] : words) known += (known.empty() ? "" : ", ") + name;
      refuse(at(key), "'" + word + "' is none of " + known);
    }
    to = found->second;
  }
  std::string needed(std::string_view key);
  std::vector<name_at> names(std::string_view key);
  std::optional<world_table> table(std::string_view key);
  std::vector<world_table> tables(std::string_view key);

  void end() const;

 private:
  place at(std::string_view key, const toml::node& of) const;
  const toml::node* value(std::string_view key);
  std::int64_t number(std::string_view key, std::int64_t otherwise, std::int64_t lowest,
                      std::int64_t highest);
  [[noreturn]] void wrong_type(std::string_view key, const char* wanted) const;

  const toml::table& of_;
  std::string file_;
  std::string path_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace mtfetch::local_dc
