// SPDX-License-Identifier: BSL-1.0
// How files are called: "{chat}/{date:%Y-%m}/{id} {name}".
#pragma once

#include <mtfetch/media.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch {

/// A text with placeholders, each of which stands for something about the file:
///
///     {name}         as the sender called it; else made from type, chat, message and date
///     {stem} {ext}   the same before and after its last dot
///     {chat}         the chat's title, else its public name, else its id
///     {chat_id} {id} ids of chat and message (or story)
///     {date}         of the message, in UTC: 2026-01-31; {date:%Y%m%d-%H%M%S} as strftime has it
///     {caption}      the message's text on one line, cut at 120 bytes, as {chat} and {sender} are
///     {album}        what the files of one album have in common: a number
///     {n}            the file's place in the run, from 1
///     {sender}       who posted it: name, else id
///     {kind}         video, photo, audio, voice, round_video, animation, sticker or document
///     {width} {height} pixels
///     {document_id}  of the document or photo
///
/// What is not known, or not there, stands for nothing. Numbers may have a width, filled with
/// zeros: {n:04}. `{{` and `}}` are braces. `/` in the template makes folders; what comes out of a
/// placeholder makes none. Each part of the path is made safe by itself (safe_file_name), and a
/// folder that comes out empty is left out, so that no template leads out of the target folder.
class name_template {
 public:
  name_template() : name_template("{name}") {}
  /// Throws mtfetch::error (client_errc::bad_config) that says what is wrong with it.
  explicit name_template(std::string_view text);

  const std::string& text() const { return text_; }
  bool makes_folders() const { return elements_.size() > 1; }
  /// Relative to the target folder; `n` is the file's place in the run, from 1. The same file and
  /// place give the same path always.
  std::filesystem::path path_of(const media& file, std::size_t n) const;

 private:
  struct piece {
    std::size_t field = 0;  // in the table of placeholders; none for what stands as it is
    std::string text;       // of what stands as it is, or the date's format
    std::size_t width = 0;
  };
  using element = std::vector<piece>;
  static piece placeholder(std::string_view inner, std::string_view whole);
  static std::string value_of(const piece& what, const media& file, std::size_t n);

  std::string text_;
  std::vector<element> elements_;  // of the path, the last is the file's
};

/// A name for a file that has none, safe as one path element: "photo_durov_12_2026-01-31.jpg". The
/// extension comes with its dot.
std::string made_file_name(const media& of, std::string_view extension);

}  // namespace mtfetch
