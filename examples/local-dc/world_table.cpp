// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/world_table.hpp"

#include "examples/local-dc/network_flags.hpp"

#include <chrono>
#include <limits>
#include <mtfetch/error.hpp>
#include <utility>

namespace mtfetch::local_dc {

namespace {

std::int64_t unix_time(const toml::date& day) {
  const std::chrono::year_month_day given{std::chrono::year(day.year),
                                          std::chrono::month(day.month), std::chrono::day(day.day)};
  return std::chrono::sys_seconds(std::chrono::sys_days(given)).time_since_epoch().count();
}

std::int64_t unix_time(const toml::date_time& given) {
  const toml::time& time = given.time;
  const std::int64_t away = given.offset ? given.offset->minutes * std::int64_t{60} : 0;
  return unix_time(given.date) + time.hour * std::int64_t{3600} + time.minute * std::int64_t{60} +
         time.second - away;
}

}  // namespace

void refuse(const place& at, const std::string& what) {
  throw error(client_errc::bad_config,
              at.file + ":" + std::to_string(at.line) + ": " + at.key + ": " + what);
}

world_table::world_table(const toml::table& of, std::string file, std::string path)
    : of_(of), file_(std::move(file)), path_(std::move(path)) {}

place world_table::at(std::string_view key, const toml::node& of) const {
  std::string name = path_;
  if (!name.empty() && !key.empty()) name += '.';
  name += key;
  return {file_, static_cast<int>(of.source().begin.line), std::move(name)};
}

place world_table::at(std::string_view key) const {
  const toml::node* found = of_.get(key);
  return at(key, found == nullptr ? of_ : *found);
}

const toml::node* world_table::value(std::string_view key) {
  taken_.emplace(key);
  return of_.get(key);
}

void world_table::wrong_type(std::string_view key, const char* wanted) const {
  refuse(at(key), std::string("it is ") + wanted);
}

void world_table::take(std::string_view key, std::string& to) {
  const toml::node* found = value(key);
  if (found == nullptr) return;
  if (!found->is_string()) wrong_type(key, "text in quotes");
  to = found->as_string()->get();
}

void world_table::take(std::string_view key, bool& to) {
  const toml::node* found = value(key);
  if (found == nullptr) return;
  if (!found->is_boolean()) wrong_type(key, "true or false");
  to = found->as_boolean()->get();
}

void world_table::take(std::string_view key, double& to) {
  const toml::node* found = value(key);
  if (found == nullptr) return;
  const auto given = found->value<double>();
  if (!found->is_number() || !given || !(*given >= 0 && *given <= 1e9)) {
    wrong_type(key, "a number of 0 to 1000000000");
  }
  to = *given;
}

std::int64_t world_table::number(std::string_view key, std::int64_t otherwise, std::int64_t lowest,
                                 std::int64_t highest) {
  const toml::node* found = value(key);
  if (found == nullptr) return otherwise;
  const std::string wanted =
      "a whole number of " + std::to_string(lowest) + " to " + std::to_string(highest);
  if (!found->is_integer()) wrong_type(key, wanted.c_str());
  const std::int64_t given = found->as_integer()->get();
  if (given < lowest || given > highest) {
    refuse(at(key), std::to_string(given) + " is not " + wanted);
  }
  return given;
}

void world_table::take_size(std::string_view key, std::int64_t& to) {
  const toml::node* found = value(key);
  if (found == nullptr) return;
  if (!found->is_string()) {
    to = number(key, to, 0, 1'000'000'000'000);
    return;
  }
  try {
    to = parse_size(found->as_string()->get());
  } catch (const error& refused) {
    refuse(at(key), refused.what());
  }
}

void world_table::take_time(std::string_view key, std::int32_t& to) {
  const toml::node* found = value(key);
  if (found == nullptr) return;
  std::int64_t time = 0;
  if (found->is_date_time()) {
    time = unix_time(found->as_date_time()->get());
  } else if (found->is_date()) {
    time = unix_time(found->as_date()->get());
  } else {
    wrong_type(key, "a time like 2024-05-01T12:30:00Z or a day like 2024-05-01, without quotes");
  }
  if (time < 1 || time > std::numeric_limits<std::int32_t>::max()) {
    refuse(at(key), "Telegram's times are of 1970 to 2038");
  }
  to = static_cast<std::int32_t>(time);
}

std::string world_table::needed(std::string_view key) {
  std::string text;
  take(key, text);
  if (text.empty()) refuse(at(key), "it is needed");
  return text;
}

std::vector<name_at> world_table::names(std::string_view key) {
  const toml::node* found = value(key);
  std::vector<name_at> made;
  if (found == nullptr) return made;
  const toml::array* list = found->as_array();
  if (list == nullptr) wrong_type(key, R"(a list of texts: ["a", "b"])");
  for (const toml::node& one : *list) {
    if (!one.is_string()) refuse(at(key, one), "each of the list is text in quotes");
    made.push_back({one.as_string()->get(), at(key, one)});
  }
  return made;
}

std::optional<world_table> world_table::table(std::string_view key) {
  const toml::node* found = value(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_table()) wrong_type(key, "a table: { key = value }");
  return world_table(*found->as_table(), file_, at(key).key);
}

std::vector<world_table> world_table::tables(std::string_view key) {
  const toml::node* found = value(key);
  std::vector<world_table> made;
  if (found == nullptr) return made;
  const toml::array* list = found->as_array();
  const std::string wanted = "a list of tables: [[" + at(key).key + "]]";
  if (list == nullptr) wrong_type(key, wanted.c_str());
  for (const toml::node& one : *list) {
    if (!one.is_table()) refuse(at(key, one), "it is " + wanted);
    made.emplace_back(*one.as_table(), file_, at(key).key);
  }
  return made;
}

void world_table::end() const {
  for (const auto& [key, given] : of_) {
    if (taken_.contains(key.str())) continue;
    std::string known;
    for (const std::string& one : taken_) known += (known.empty() ? "" : ", ") + one;
    refuse(at(key.str(), given), "there is no such key; there are " + known);
  }
}

}  // namespace mtfetch::local_dc
