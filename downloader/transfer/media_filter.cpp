// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/media_filter.hpp>

#include <mtfetch/error.hpp>

#include <re2/re2.h>

#include <algorithm>
#include <string>

namespace mtfetch {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

re2::RE2::Options options() {
  re2::RE2::Options made;
  made.set_log_errors(false);
  return made;
}

}  // namespace

// RE2 and not std::regex: that recurses once for each character, and what it searches is written by
// strangers.
struct text_pattern::compiled {
  explicit compiled(std::string_view text) : expression(piece(text), options()) {}
  re2::RE2 expression;
};

text_pattern::text_pattern(std::string_view expression)
    : expression_(std::make_shared<const compiled>(expression)) {
  if (expression_->expression.ok()) return;
  throw error(make_error_code(client_errc::bad_config),
              "the pattern \"" + std::string(expression) +
                  "\" is no regular expression: " + expression_->expression.error());
}

bool text_pattern::found_in(std::string_view text) const {
  return !expression_ || re2::RE2::PartialMatch(piece(text), expression_->expression);
}

bool media_filter::matches(const media& file) const {
  if (!kinds.empty() && std::ranges::find(kinds, file.kind) == kinds.end()) return false;
  if (file.date < since || (until != 0 && file.date >= until)) return false;
  if (file.size < min_size || (max_size != 0 && file.size > max_size)) return false;
  return name.found_in(file.file_name) && caption.found_in(file.caption);
}

bool media_filter::is_past(std::int64_t date) const {
  return reverse ? until != 0 && date >= until : date < since;
}

}  // namespace mtfetch
