// SPDX-License-Identifier: BSL-1.0
// The terminal: whether there is one, how wide it is, and questions asked on it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mtfetch::cli {

/// True when standard error is a terminal that can redraw a line.
bool draws_on_terminal();

/// Columns of the terminal; 80 where it does not say.
int terminal_width();

/// How many columns a UTF-8 text takes, by the C library's table; invalid bytes count one.
int display_width(std::string_view text);

/// Cuts a UTF-8 text to at most `columns`, ending in "…" when cut.
std::string fit(std::string_view text, int columns);

/// True when standard input is a terminal: there is somebody to ask.
bool asks_a_person();

/// Asks on standard error and reads one line from standard input; nothing at its end.
std::optional<std::string> ask(std::string_view question);

/// The same without showing what is typed, where standard input is a terminal.
std::optional<std::string> ask_secret(std::string_view question);

/// Text from outside made harmless for a terminal: control characters and escape sequences become
/// a replacement character.
std::string printable(std::string_view text);

}  // namespace mtfetch::cli
