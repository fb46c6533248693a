// SPDX-License-Identifier: BSL-1.0
// Which media of a chat are wanted.
#pragma once

#include <mtfetch/media.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace mtfetch {

/// A regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax), searched for
/// anywhere in a text; "(?i)" in front does not tell capitals apart. Takes time in proportion to
/// the text, whoever wrote it. Copies share it; several threads may search at once.
class text_pattern {
 public:
  text_pattern() = default;  ///< is found in every text
  /// Throws mtfetch::error (client_errc::bad_config) that says what is wrong with it.
  explicit text_pattern(std::string_view expression);

  bool found_in(std::string_view text) const;

 private:
  struct compiled;
  std::shared_ptr<const compiled> expression_;
};

/// As it is made it lets everything pass. Any thread, once it is set.
struct media_filter {
  std::vector<media_kind> kinds;  ///< one of these; empty: any
  std::int64_t since = 0;         ///< unixtime of the message; 0: from the beginning
  std::int64_t until = 0;         ///< unixtime, not included; 0: to the end
  std::int64_t min_size = 0;      ///< bytes
  std::int64_t max_size = 0;      ///< bytes; 0: any
  text_pattern name;              ///< of the file
  text_pattern caption;
  std::size_t limit = 0;  ///< how many at most, counted by who reads; 0: all
  bool reverse = false;   ///< chats are read from their oldest message on, else from the newest

  bool matches(const media& file) const;
  /// Whether a chat that is read in this order has nothing more to give beyond a message of this
  /// date: readers stop there.
  bool is_past(std::int64_t date) const;
};

}  // namespace mtfetch
