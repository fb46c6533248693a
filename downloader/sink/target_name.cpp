// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/target_name.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace mtfetch {
namespace {

constexpr std::size_t longest_name = 255;  // bytes, on every file system in use

// The length of the valid UTF-8 sequence at `at`, 0 where there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
  const std::uint8_t lead = byte(0);
  const std::size_t length = lead < 0x80    ? 1
                             : lead >= 0xf5 ? 0
                             : lead >= 0xf0 ? 4
                             : lead >= 0xe0 ? 3
                             : lead >= 0xc2 ? 2
                                            : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) >= 0xa0) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) >= 0x90) return 0;
  return length;
}

// The character of a valid UTF-8 sequence.
char32_t character_of(std::string_view sequence) {
  const auto lead = static_cast<std::uint8_t>(sequence[0]);
  if (sequence.size() == 1) return lead;
  auto character = static_cast<char32_t>(lead & (0xffU >> (sequence.size() + 1)));
  for (const char byte : sequence.substr(1)) {
    character = character << 6U | (static_cast<std::uint8_t>(byte) & 0x3fU);
  }
  return character;
}

// Control characters, and what is not seen but turns the direction of text or tells two names
// apart, and so hides an extension or another file. https://www.unicode.org/reports/tr36/
bool is_invisible(std::string_view sequence) {
  struct span {
    char32_t first;
    char32_t last;
  };
  constexpr std::array<span, 14> spans = {{
      {0x00, 0x1f},        // controls
      {0x7f, 0x9f},        // delete, and more controls
      {0xad, 0xad},        // soft hyphen
      {0x61c, 0x61c},      // Arabic letter mark
      {0x115f, 0x1160},    // Hangul fillers
      {0x180b, 0x180f},    // Mongolian selectors and vowel separator
      {0x200b, 0x200f},    // zero width, left-to-right and right-to-left marks
      {0x2028, 0x202e},    // line and paragraph ends, embeddings and overrides of direction
      {0x2060, 0x206f},    // invisible operators, isolates of direction
      {0x3164, 0x3164},    // Hangul filler
      {0xfeff, 0xfeff},    // byte order mark
      {0xffa0, 0xffa0},    // half-width Hangul filler
      {0xfff0, 0xfffb},    // annotations
      {0xe0000, 0xe0fff},  // tags
  }};
  const char32_t character = character_of(sequence);
  return std::ranges::any_of(
      spans, [&](const span& s) { return character >= s.first && character <= s.last; });
}

// Device names that Windows reserves with any extension: a folder may be shared with it.
bool is_reserved(std::string_view name) {
  std::string stem(name.substr(0, name.find('.')));
  while (stem.ends_with(' ')) stem.pop_back();
  for (char& letter : stem) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  constexpr std::array<std::string_view, 6> whole = {"CON", "PRN",    "AUX",
                                                     "NUL", "CONIN$", "CONOUT$"};
  if (std::ranges::find(whole, stem) != whole.end()) return true;
  if (!stem.starts_with("COM") && !stem.starts_with("LPT")) return false;
  const std::string_view port = std::string_view(stem).substr(3);
  if (port.size() == 1) return port[0] >= '0' && port[0] <= '9';
  return port == "\xc2\xb9" || port == "\xc2\xb2" || port == "\xc2\xb3";  // superscript 1 to 3
}

// What an unfinished download and its journal are called. A sender who could choose such a name
// could vouch for bytes of his own.
bool is_ours(std::string name) {
  for (char& letter : name) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return name.ends_with(".part") || name.find(".part.journal") != std::string::npos;
}

// At most `most` bytes, cut between characters.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<std::uint8_t>(text[most]) & 0xc0U) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::string safe_file_name(std::string_view name, std::string_view fallback, std::size_t room) {
  std::string safe;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t length = utf8_length(name, at);
    const std::string_view sequence = name.substr(at, std::max<std::size_t>(length, 1));
    at += sequence.size();
    if (length == 0 || sequence.find_first_of("/\\:*?\"<>|") != std::string_view::npos) {
      safe += '_';
    } else if (!is_invisible(sequence)) {
      safe += sequence;
    }
  }
  const std::size_t begin = safe.find_first_not_of(". ");
  const std::size_t end = safe.find_last_not_of(". ");
  safe = begin == std::string::npos ? std::string() : safe.substr(begin, end - begin + 1);
  if (safe.empty()) safe = fallback;
  if (is_reserved(safe)) safe.insert(0, "_");
  if (is_ours(safe)) safe += '_';

  const std::size_t most = longest_name - std::min(room, longest_name / 2);
  if (safe.size() > most) {
    const std::size_t dot = safe.rfind('.');
    const std::size_t length = dot == std::string::npos ? 0 : safe.size() - dot;
    // What is longer than this is no extension but a name with a dot in it.
    constexpr std::size_t longest_extension = 16;
    const std::string extension =
        length > longest_extension ? "" : safe.substr(safe.size() - length);
    safe = std::string(cut(std::string_view(safe).substr(0, safe.size() - extension.size()),
                           most - extension.size()));
    while (safe.ends_with(' ') || safe.ends_with('.')) safe.pop_back();
    safe += extension;
  }
  return safe;
}

namespace sink {

std::filesystem::path numbered(const std::filesystem::path& target, int number) {
  if (number == 0) return target;
  std::filesystem::path name = target.stem();
  name += " (" + std::to_string(number) + ")";
  name += target.extension();
  return target.parent_path() / name;
}

}  // namespace sink
}  // namespace mtfetch
