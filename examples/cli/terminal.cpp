// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/terminal.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <fmt/core.h>
#include <cstdint>
#include <cstdlib>
#include <cwchar>
#include <iostream>

namespace mtfetch::cli {
namespace {

struct character {
  char32_t code = 0xfffd;
  std::size_t size = 1;
};

// One UTF-8 character from the front of a non-empty text; a bad byte is one replacement character.
character front(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = at(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (size == 0 || first > 0xf4 || text.size() < size) return {};
  char32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xc0U) != 0x80U) return {};
    code = code << 6U | (at(i) & 0x3fU);
  }
  return {code, size};
}

int columns_of(char32_t code) {
  const int columns = ::wcwidth(static_cast<wchar_t>(code));
  return columns < 0 ? 1 : columns;
}

// Restores the terminal's echo, whatever ends the question.
class echo_off {
 public:
  echo_off() : known_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!known_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
  }
  ~echo_off() {
    if (known_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  echo_off(const echo_off&) = delete;
  echo_off& operator=(const echo_off&) = delete;
  bool active() const { return known_; }

 private:
  termios before_{};
  bool known_;
};

std::optional<std::string> read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

}  // namespace

bool draws_on_terminal() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

bool asks_a_person() {
  return ::isatty(STDIN_FILENO) == 1;
}

int terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

int display_width(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const character next = front(text);
    columns += columns_of(next.code);
    text.remove_prefix(next.size);
  }
  return columns;
}

std::string fit(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::string cut;
  int used = 1;  // the ellipsis
  while (!text.empty()) {
    const character next = front(text);
    used += columns_of(next.code);
    if (used > columns) break;
    cut += text.substr(0, next.size);
    text.remove_prefix(next.size);
  }
  return columns > 0 ? cut + "\u2026" : std::string();
}

std::optional<std::string> ask(std::string_view question) {
  if (asks_a_person()) fmt::print(stderr, "{} ", question);
  return read_line();
}

std::optional<std::string> ask_secret(std::string_view question) {
  if (!asks_a_person()) return read_line();
  fmt::print(stderr, "{} ", question);
  std::optional<std::string> answer;
  {
    const echo_off quiet;
    answer = read_line();
  }
  fmt::print(stderr, "\n");
  return answer;
}

std::string printable(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const character next = front(text);
    const bool control = next.code < 0x20 || (next.code >= 0x7f && next.code < 0xa0) ||
                         (next.code >= 0x202a && next.code <= 0x202e) ||
                         (next.code >= 0x2066 && next.code <= 0x2069);
    if (control || next.code == 0xfffd) {
      clean += "\ufffd";
    } else {
      clean += text.substr(0, next.size);
    }
    text.remove_prefix(next.size);
  }
  return clean;
}

}  // namespace mtfetch::cli
