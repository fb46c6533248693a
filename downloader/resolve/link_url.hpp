// SPDX-License-Identifier: BSL-1.0
// A link's parts, percent-decoded: which way of writing it is, its path and its query.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch::links {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool are_digits(std::string_view text);  ///< and at least one
std::string lowered(std::string_view text);
/// [A-Za-z][A-Za-z0-9_]{0,31} without a last or a double '_'.
bool is_username(std::string_view text);
/// All but letters, digits and -_.~ as %XX.
std::string percent_encoded(std::string_view text);

/// The number that the text begins with; "12abc" is 12, as Telegram's own clients read it. Nothing
/// for no digits, for zero, and for what the type cannot hold.
template <class Number>
std::optional<Number> leading_number(std::string_view text) {
  Number number = 0;
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || number <= 0) return std::nullopt;
  return number;
}

/// What `?t=` says in seconds: "90", "1h2m3s", "1:30", "1:02:03"; 0 where it cannot be read or is
/// more than 10^7.
std::int32_t seconds_of(std::string_view text);

struct link_url {
  enum class form {
    web,   ///< t.me/..., name.t.me/...
    app,   ///< tg:...; the first element of the path is its word
    id,    ///< 12345:..., -1001234567890/...; the first element is the id
    name,  ///< name, @name/..., +hash: a path of t.me alone
  };
  form written = form::web;
  std::vector<std::string> path;  ///< without leading `/s/` and empty elements at the end
  std::string_view query;         ///< as written; points into the text

  bool has(std::string_view name) const { return find(name).has_value(); }
  /// Percent-decoded; the first of that name, empty for none.
  std::string argument(std::string_view name) const;

 private:
  std::optional<std::string_view> find(std::string_view name) const;
};

/// Nothing for a text that is neither a Telegram link nor like a name or an id.
std::optional<link_url> take_apart(std::string_view text);

}  // namespace mtfetch::links
