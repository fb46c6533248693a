// SPDX-License-Identifier: BSL-1.0
#include "tests/attacks/secrets.hpp"

#include <algorithm>
#include <cctype>

#include "mtproto/tl/base64.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::attacks {

namespace {

constexpr std::size_t window = 8;

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

void secrets::add_bytes(std::string name, byte_view value) {
  secret added{std::move(name), {}};
  for (std::size_t at = 0; at + window <= value.size(); ++at) {
    const byte_view part = value.subspan(at, window);
    added.forms.emplace_back(as_text(part));
    const std::string hex = tl::to_hex(part);
    added.forms.push_back(hex);
    added.forms.push_back(upper(hex));
    const std::int64_t number = tl::reader(part).i64();
    added.forms.push_back(std::to_string(number));
    added.forms.push_back(std::to_string(static_cast<std::uint64_t>(number)));
    // Three bytes are four characters: of six bytes the text is the same at one place of three.
    added.forms.push_back(tl::to_base64(part.first(6)));
  }
  known_.push_back(std::move(added));
}

void secrets::add_text(std::string name, std::string value) {
  known_.push_back({std::move(name), {std::move(value)}});
}

std::vector<std::string> secrets::found_in(std::string_view text) const {
  std::vector<std::string> found;
  for (const secret& each : known_) {
    const bool stands = std::ranges::any_of(each.forms, [&](const std::string& form) {
      return text.find(form) != std::string_view::npos;
    });
    if (stands) found.push_back(each.name);
  }
  return found;
}

}  // namespace mtfetch::attacks
