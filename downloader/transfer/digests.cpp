// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/digests.hpp"

#include <algorithm>
#include <string_view>

namespace mtfetch::transfer {

using engine::hash_window;
using engine::window_record;

std::vector<window_record> hash_windows(const engine::part& what, byte_view data,
                                        const hash_each& each) {
  std::vector<window_record> windows;
  std::vector<byte_view> contents;
  for (std::int64_t at = what.offset; at < what.end(); at += hash_window) {
    window_record window;
    window.offset = at;
    window.size = static_cast<std::int32_t>(std::min(hash_window, what.end() - at));
    windows.push_back(window);
    contents.push_back(data.subspan(static_cast<std::size_t>(at - what.offset),
                                    static_cast<std::size_t>(window.size)));
  }
  std::vector<engine::digest> digests(contents.size());
  each(contents, digests);
  for (std::size_t i = 0; i < windows.size(); ++i) windows[i].sha256 = digests[i];
  return windows;
}

std::string hex(byte_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : data) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace mtfetch::transfer
