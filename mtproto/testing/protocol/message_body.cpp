// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/message_body.hpp"

namespace mtfetch::testing {

namespace {

// TL `bytes`: one byte of length up to 253, else 0xfe and three; padded to a multiple of 4.
std::size_t length_size(std::size_t value_size) {
  return value_size < 254 ? 1 : 4;
}
std::size_t padding(std::size_t value_size) {
  return (0 - length_size(value_size) - value_size) & 3;
}

}  // namespace

std::size_t streamed_body::wire_size() const {
  return head.size() + length_size(size) + size + padding(size);
}

bool append_body(const message_body& body, bytes& out) {
  if (const auto* plain = std::get_if<bytes>(&body)) {
    out.insert(out.end(), plain->begin(), plain->end());
    return true;
  }
  const auto& streamed = std::get<streamed_body>(body);
  const std::size_t before = out.size();
  out.insert(out.end(), streamed.head.begin(), streamed.head.end());
  if (length_size(streamed.size) == 1) {
    out.push_back(static_cast<std::uint8_t>(streamed.size));
  } else {
    out.push_back(254);
    for (int shift = 0; shift < 24; shift += 8) {
      out.push_back(static_cast<std::uint8_t>(streamed.size >> shift));
    }
  }
  const std::size_t value = out.size();
  out.resize(value + streamed.size + padding(streamed.size));
  if (!streamed.fill(byte_span(out).subspan(value, streamed.size))) {
    out.resize(before);
    return false;
  }
  return true;
}

}  // namespace mtfetch::testing
