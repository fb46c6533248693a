// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/name_template.hpp>

#include <mtfetch/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <limits>

namespace mtfetch {
namespace {

enum class shape { text, number, date };

struct field_row {
  std::string_view name;
  shape form;
};

enum placeholder_index : std::size_t {
  chat,
  chat_id,
  id,
  date,
  name,
  stem,
  ext,
  caption,
  album,
  n,
  sender,
  kind,
  width,
  height,
  document_id
};
constexpr std::array<field_row, 15> fields = {{
    {"chat", shape::text},
    {"chat_id", shape::number},
    {"id", shape::number},
    {"date", shape::date},
    {"name", shape::text},
    {"stem", shape::text},
    {"ext", shape::text},
    {"caption", shape::text},
    {"album", shape::number},
    {"n", shape::number},
    {"sender", shape::text},
    {"kind", shape::text},
    {"width", shape::number},
    {"height", shape::number},
    {"document_id", shape::number},
}};
constexpr std::size_t as_it_stands = fields.size();
constexpr std::size_t widest_number = 20;
constexpr std::size_t longest_text = 120;  // bytes; of what people write at any length
constexpr std::string_view plain_date = "%Y-%m-%d";

[[noreturn]] void refuse(std::string_view whole, const std::string& why) {
  throw error(make_error_code(client_errc::bad_config),
              "the name template \"" + std::string(whole) + "\" " + why);
}

std::string all_fields() {
  std::string text;
  for (const field_row& row : fields)
    text += (text.empty() ? "{" : " {") + std::string(row.name) + "}";
  return text;
}

// One line, not longer than names of files can use, cut between characters.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char letter : text) {
    const bool is_space = letter == ' ' || (letter >= '\t' && letter <= '\r');
    if (!is_space) {
      line += letter;
    } else if (!line.empty() && !line.ends_with(' ')) {
      line += ' ';
    }
    if (line.size() > longest_text + 4) break;
  }
  if (line.size() > longest_text) {
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<std::uint8_t>(line[end]) & 0xc0U) == 0x80) --end;
    line.resize(end);
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string date_text(std::int64_t unixtime, const std::string& format) {
  // What no server means: years of five digits.
  if (unixtime <= 0 || unixtime > 253402300799) return {};
  const auto moment = static_cast<std::time_t>(unixtime);
  std::tm parts{};
  if (gmtime_r(&moment, &parts) == nullptr) return {};
  std::array<char, 256> text;
  return {text.data(), std::strftime(text.data(), text.size(), format.c_str(), &parts)};
}

// Only what strftime gives for a date and time, in letters that every file system takes.
void check_date(std::string_view format, std::string_view whole) {
  constexpr std::string_view known = "YymdHMSjFTaAbBGgVuUWIpse%";
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size() || known.find(format[i]) == std::string_view::npos) {
      refuse(whole, "has a date whose % is followed by none of " + std::string(known));
    }
  }
  if (format.size() > 60) refuse(whole, "has a date's format of more than 60 characters");
}

std::string number_text(std::int64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

std::string shown_chat(const media& file) {
  if (!file.chat_title.empty()) return one_line(file.chat_title);
  if (!file.origin.username.empty()) return file.origin.username;
  return file.origin.channel_id == 0 ? "" : std::to_string(file.origin.channel_id);
}

std::int32_t message_of(const media& file) {
  return file.origin.story_id != 0 ? file.origin.story_id : file.origin.message_id;
}

std::string kind_text(const media& file) {
  std::string text(to_string(file.kind));
  std::ranges::replace(text, ' ', '_');
  return text;
}

std::string name_of(const media& file) {
  return file.file_name.empty() ? made_file_name(file, "") : file.file_name;
}

// Where the extension begins: as std::filesystem sees it.
std::size_t dot_of(const std::string& of) {
  const std::size_t dot = of.rfind('.');
  return dot == std::string::npos || dot == 0 ? of.size() : dot;
}

std::string text_of(std::size_t which, const media& file) {
  switch (which) {
    case chat:
      return shown_chat(file);
    case name:
      return name_of(file);
    case stem: {
      const std::string whole = name_of(file);
      return whole.substr(0, dot_of(whole));
    }
    case ext: {
      const std::string whole = name_of(file);
      return whole.substr(std::min(whole.size(), dot_of(whole) + 1));
    }
    case caption:
      return one_line(file.caption);
    case sender:
      if (!file.sender.empty()) return one_line(file.sender);
      return file.sender_id == 0 ? "" : std::to_string(file.sender_id);
    default:
      return kind_text(file);
  }
}

std::int64_t number_of(std::size_t which, const media& file, std::size_t place) {
  switch (which) {
    case chat_id:
      return file.origin.channel_id;
    case id:
      return message_of(file);
    case album:
      return file.album;
    case n:
      return static_cast<std::int64_t>(place);
    case width:
      return file.width;
    case height:
      return file.height;
    default:
      return file.id;
  }
}

}  // namespace

name_template::name_template(std::string_view text) : text_(text), elements_(1) {
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at];
    const bool is_twice = at + 1 < text.size() && text[at + 1] == letter;
    if (letter == '{' && !is_twice) {
      const std::size_t end = text.find_first_of("{}", at + 1);
      if (end == std::string_view::npos || text[end] != '}') {
        refuse(text, "has a { without its }; a brace itself is written {{");
      }
      elements_.back().push_back(placeholder(text.substr(at + 1, end - at - 1), text));
      at = end + 1;
      continue;
    }
    if (letter == '}' && !is_twice) refuse(text, "has a } without its {; a brace itself is }}");
    at += letter == '{' || letter == '}' ? 2 : 1;
    if (letter == '/') {
      elements_.emplace_back();
      continue;
    }
    element& into = elements_.back();
    if (into.empty() || into.back().field != as_it_stands) {
      into.push_back({as_it_stands, "", 0});
    }
    into.back().text += letter;
  }
  for (const element& one : elements_) {
    const std::string alone =
        one.size() == 1 && one[0].field == as_it_stands ? one[0].text : std::string();
    if (alone == "." || alone == "..") {
      refuse(text, "has a folder \"" + alone + "\"; files go into the target folder or below it");
    }
    if (one.empty()) {
      refuse(text, elements_.size() == 1 ? "is empty" : "has a / with no name before or after it");
    }
  }
}

name_template::piece name_template::placeholder(std::string_view inner, std::string_view whole) {
  const std::size_t colon = inner.find(':');
  const std::string named(inner.substr(0, colon));
  const auto row = std::ranges::find(fields, std::string_view(named), &field_row::name);
  if (row == fields.end()) {
    refuse(whole, "has a placeholder {" + named + "} that there is not; there are " + all_fields());
  }
  piece made;
  made.field = static_cast<std::size_t>(row - fields.begin());
  if (row->form == shape::date) made.text = plain_date;
  if (colon == std::string_view::npos) return made;
  const std::string_view format = inner.substr(colon + 1);
  if (row->form == shape::date) {
    check_date(format, whole);
    made.text = format;
  } else if (row->form == shape::number) {
    const char* const end = format.data() + format.size();
    const auto read = std::from_chars(format.data(), end, made.width);
    if (read.ec != std::errc() || read.ptr != end || made.width > widest_number) {
      refuse(whole, "has a width of {" + named + "} that is none: {" + named + ":04} has one");
    }
  } else {
    refuse(whole, "has a width or format of {" + named + "}, which is a text and has none");
  }
  return made;
}

std::string name_template::value_of(const piece& what, const media& file, std::size_t place) {
  if (what.field == as_it_stands) return what.text;
  switch (fields.at(what.field).form) {
    case shape::date:
      return date_text(file.date, what.text);
    case shape::number: {
      const std::int64_t value = number_of(what.field, file, place);
      return value == 0 ? std::string() : number_text(value, what.width);
    }
    case shape::text:
      break;
  }
  return text_of(what.field, file);
}

std::filesystem::path name_template::path_of(const media& file, std::size_t place) const {
  std::filesystem::path path;
  for (const element& one : elements_) {
    std::string text;
    for (const piece& what : one) text += value_of(what, file, place);
    const bool is_last = &one == &elements_.back();
    const std::string safe = safe_file_name(text, is_last ? made_file_name(file, "") : "");
    if (!safe.empty()) path /= safe;
  }
  return path;
}

std::string made_file_name(const media& of, std::string_view extension) {
  std::string made = kind_text(of);
  if (of.origin.story_id != 0) made += "_story";
  const auto add = [&made](const std::string& part) {
    if (!part.empty()) made += '_' + part;
  };
  add(!of.origin.username.empty() ? of.origin.username
      : of.origin.channel_id != 0 ? std::to_string(of.origin.channel_id)
                                  : std::string());
  add(message_of(of) == 0 ? std::to_string(of.id) : std::to_string(message_of(of)));
  add(date_text(of.date, std::string(plain_date)));
  return safe_file_name(made + std::string(extension), "file");
}

}  // namespace mtfetch
