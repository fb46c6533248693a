// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/http_head.hpp"

#include <algorithm>
#include <charconv>
#include <mtfetch/error.hpp>

namespace mtfetch::transport {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view blank = " \t";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 9110, 5.6.2: what names of fields consist of.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           marks.find(c) != std::string_view::npos;
  });
}

// A line end, a zero or another control character inside a line is how one message is made to look
// like another.
bool is_line(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t') || u == 0x7f;
  });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(blank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blank) - from + 1);
}

}  // namespace

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::size_t> read_number(std::string_view text, int base, std::size_t most) {
  std::size_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (ec != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::optional<std::string_view> http_head::only(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : fields) {
    if (!equal_without_case(key, name)) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

bool http_head::has(std::string_view name) const {
  return std::ranges::any_of(fields,
                             [&](const auto& one) { return equal_without_case(one.first, name); });
}

bool http_head::lists(std::string_view name, std::string_view word) const {
  for (const auto& [key, value] : fields) {
    if (!equal_without_case(key, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (equal_without_case(trimmed(rest.substr(0, comma)), word)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

std::optional<int> http_head::status() const {
  constexpr std::string_view version = "HTTP/1.";
  constexpr std::size_t begin = version.size() + 2;  // behind the minor version and the space
  if (!first_line.starts_with(version) || first_line.size() < begin + 3 ||
      first_line[begin - 1] != ' ' ||
      (first_line.size() > begin + 3 && first_line[begin + 3] != ' ')) {
    return std::nullopt;
  }
  const auto value = read_number(first_line.substr(begin, 3), 10, 999);
  if (!value || *value < 100) return std::nullopt;
  return static_cast<int>(*value);
}

result<std::optional<http_head>> read_http_head(byte_view in) {
  const std::string_view text = as_text(in.first(std::min(in.size(), most_http_head)));
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (in.size() >= most_http_head) return transport_errc::bad_http;
    return std::optional<http_head>();
  }
  http_head head;
  head.size = end + 2 * line_end.size();
  std::string_view rest = text.substr(0, end + line_end.size());
  while (!rest.empty()) {
    const std::size_t stop = rest.find(line_end);
    const std::string_view line = rest.substr(0, stop);
    rest.remove_prefix(stop + line_end.size());
    if (!is_line(line)) return transport_errc::bad_http;
    if (head.first_line.empty()) {
      if (line.empty()) return transport_errc::bad_http;
      head.first_line = line;
      continue;
    }
    // A name with a space before its colon, or a line that goes on with the one before, is refused
    // as RFC 9112 demands (5.1, 5.2).
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return transport_errc::bad_http;
    }
    head.fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return std::optional<http_head>(std::move(head));
}

}  // namespace mtfetch::transport
