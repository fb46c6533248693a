// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/filter_flags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <functional>
#include <mtfetch/error.hpp>
#include <utility>

namespace mtfetch::cli {
namespace {

constexpr std::int64_t largest = std::int64_t{1} << 60;

// The digits at the front of a text, which loses them; nothing where there are none, or too many.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t least,
                                        std::size_t most) {
  std::size_t length = 0;
  std::int64_t number = 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') {
    if (length == most) return std::nullopt;
    number = number * 10 + (text[length++] - '0');
  }
  if (length < least) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

bool take(std::string_view& text, char letter) {
  if (!text.starts_with(letter)) return false;
  text.remove_prefix(1);
  return true;
}

// ":30" or the like; 0 where the text does not go on so.
std::optional<std::int64_t> take_sixtieth(std::string_view& text) {
  if (!take(text, ':')) return 0;
  const auto number = take_number(text, 2, 2);
  return number && *number < 60 ? number : std::nullopt;
}

std::optional<std::int64_t> relative(std::string_view text, std::int64_t now) {
  const auto number = take_number(text, 1, 9);
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> units = {
      {{"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}}};
  const auto unit = std::ranges::find(units, text, [](const auto& u) { return u.first; });
  if (!number || unit == units.end()) return std::nullopt;
  return std::max<std::int64_t>(now - *number * unit->second, 1);
}

void need(bool understood, const std::string& flag, const std::string& text, const char* form) {
  if (!understood) {
    throw CLI::ValidationError(flag, "\"" + text + "\" cannot be understood: " + form);
  }
}

using reader = std::function<void(const std::string&)>;

void add_pattern(CLI::App& command, const std::string& flag, text_pattern& into,
                 const std::string& words) {
  const reader read = [flag, &into](const std::string& text) {
    try {
      into = text_pattern(text);
    } catch (const error& refused) {
      throw CLI::ValidationError(flag, refused.what());
    }
  };
  command.add_option_function<std::string>(flag, read, words)->type_name("REGEX");
}

void add_size(CLI::App& command, const std::string& flag, std::int64_t& into,
              const std::string& words) {
  const reader read = [flag, &into](const std::string& text) {
    const auto bytes = size_of(text);
    need(bytes.has_value(), flag, text, "write bytes, or as in 500k, 1.5M, 2GiB, 10MB");
    into = *bytes;
  };
  command.add_option_function<std::string>(flag, read, words)->type_name("SIZE");
}

void add_moment(CLI::App& command, const std::string& flag, std::int64_t& into, bool whole_day,
                const std::string& words) {
  const reader read = [flag, &into, whole_day](const std::string& text) {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const auto moment = moment_of(text, now.count(), whole_day);
    need(moment.has_value(), flag, text,
         "write 2026-01-31, 2026-01-31T10:00 (UTC), or 90min, 12h, 7d, 2w ago");
    into = *moment;
  };
  command.add_option_function<std::string>(flag, read, words)->type_name("WHEN");
}

}  // namespace

std::optional<std::vector<media_kind>> kinds_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, media_kind>, 9> known = {{
      {"video", media_kind::video},
      {"photo", media_kind::photo},
      {"audio", media_kind::audio},
      {"voice", media_kind::voice},
      {"round", media_kind::round_video},
      {"gif", media_kind::animation},
      {"animation", media_kind::animation},
      {"sticker", media_kind::sticker},
      {"document", media_kind::document},
  }};
  std::vector<media_kind> kinds;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    const auto found =
        std::ranges::find(known, text.substr(0, comma), [](const auto& k) { return k.first; });
    if (found == known.end()) return std::nullopt;
    kinds.push_back(found->second);
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return kinds;
}

std::optional<std::int64_t> moment_of(std::string_view text, std::int64_t now, bool whole_day) {
  if (const auto ago = relative(text, now)) return ago;
  const auto year = take_number(text, 4, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  std::int64_t moment = std::chrono::sys_days(date).time_since_epoch().count() * 86400LL;
  if (text.empty()) {
    moment += whole_day ? 86400 : 0;
  } else {
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    const auto hour = take_number(text, 2, 2);
    if (!hour || *hour > 23 || !text.starts_with(':')) return std::nullopt;
    const auto minute = take_sixtieth(text);
    const auto second = minute ? take_sixtieth(text) : std::nullopt;
    if (!second) return std::nullopt;
    static_cast<void>(take(text, 'Z'));
    if (!text.empty()) return std::nullopt;
    moment += *hour * 3600 + *minute * 60 + *second;
  }
  return moment > 0 ? std::optional(moment) : std::nullopt;  // before Telegram; 0 means none
}

std::optional<std::int64_t> size_of(std::string_view text) {
  double number = 0;
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (read.ec != std::errc() || !(number >= 0)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  while (take(text, ' ')) {
  }
  constexpr std::string_view letters = "kmgt";
  double unit = 1;
  if (!text.empty() && text != "B") {
    const char lower = static_cast<char>(text[0] | 0x20);
    const std::size_t power = letters.find(lower);
    text.remove_prefix(1);
    if (power == std::string_view::npos || (!text.empty() && text != "B" && text != "iB")) {
      return std::nullopt;
    }
    for (std::size_t i = 0; i <= power; ++i) unit *= text == "B" ? 1000 : 1024;
  }
  const double bytes = number * unit;
  if (!(bytes <= static_cast<double>(largest))) return std::nullopt;
  return static_cast<std::int64_t>(bytes);
}

void add_filter_flags(CLI::App& command, media_filter& into) {
  const reader read_kinds = [&into](const std::string& text) {
    const auto kinds = kinds_of(text);
    need(kinds.has_value(), "--type", text,
         "write some of video, photo, audio, voice, round, gif, sticker, document, with commas");
    into.kinds = *kinds;
  };
  command.add_option_function<std::string>("--type", read_kinds, "Only these: video,photo,...")
      ->type_name("KINDS");
  add_moment(command, "--since", into.since, false,
             "Of messages since this day, moment (UTC) or span: 2026-01-31, 2026-01-31T10:00, 7d");
  add_moment(command, "--until", into.until, true,
             "Of messages up to this day (with it), or before this moment");
  add_size(command, "--min-size", into.min_size, "Of so many bytes at least: 500k, 1.5M, 2GiB");
  add_size(command, "--max-size", into.max_size, "Of so many bytes at most");
  add_pattern(command, "--name", into.name, "Whose file's name has this in it");
  add_pattern(command, "--caption", into.caption, "Whose message's text has this in it");
  command.add_option("--limit", into.limit, "So many at most")->check(CLI::PositiveNumber);
  command.add_flag("--reverse", into.reverse, "Chats from their oldest message on");
}

}  // namespace mtfetch::cli
