// SPDX-License-Identifier: BSL-1.0
// The head of an HTTP/1.1 message: its first line and its fields, bounded and checked.
#pragma once

#include <cstddef>
#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mtfetch::transport {

/// The most bytes that a head may have, all fields together.
inline constexpr std::size_t most_http_head = 8 * 1024;

/// Slices of the bytes that it was read from.
struct http_head {
  std::string_view first_line;  ///< "HTTP/1.1 200 OK" or "POST /api HTTP/1.1"
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  std::size_t size = 0;  ///< of the head with the empty line behind it

  /// The value of a field that stands there once; nothing when it is missing or repeated.
  /// Names are compared without regard to case.
  std::optional<std::string_view> only(std::string_view name) const;
  bool has(std::string_view name) const;
  /// Whether a field's value, a list with commas, has this word, in any case.
  bool lists(std::string_view name, std::string_view word) const;
  /// The status of an answer, 100..999; nothing when the first line is none of an answer.
  std::optional<int> status() const;
};

/// Reads the head at the front of `in`. An empty optional: more bytes are needed. Gives
/// transport_errc::bad_http for what no HTTP/1.1 message begins with, and past most_http_head.
/// https://www.rfc-editor.org/rfc/rfc9112#section-2
result<std::optional<http_head>> read_http_head(byte_view in);

/// A number in text, of this base and nothing else; nothing when it is above `most`.
std::optional<std::size_t> read_number(std::string_view text, int base, std::size_t most);

/// Whether two texts are the same when case does not count.
bool equal_without_case(std::string_view a, std::string_view b);

}  // namespace mtfetch::transport
