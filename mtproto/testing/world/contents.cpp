// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/contents.hpp"

namespace mtfetch::testing {

namespace {

// splitmix64: every eight bytes stand on their own, so that any part can be made by itself.
std::uint64_t word(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t mixed = seed * 0xd1342543de82ef95U + (number + 1) * 0x9e3779b97f4a7c15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

void make(std::uint64_t seed, std::int64_t offset, byte_span to) {
  auto at = static_cast<std::uint64_t>(offset);
  std::uint64_t eight = word(seed, at / 8);
  for (std::uint8_t& byte : to) {
    byte = static_cast<std::uint8_t>(eight >> (8 * (at % 8)));
    if (++at % 8 == 0) eight = word(seed, at / 8);
  }
}

}  // namespace

std::vector<std::uint8_t> made_content(std::uint64_t seed, std::int64_t offset, std::size_t size) {
  std::vector<std::uint8_t> made(size);
  make(seed, offset, made);
  return made;
}

content_reader content_of(open_files& files, const document& of) {
  if (of.path.empty()) {
    return [seed = of.seed, size = of.size](std::int64_t offset, byte_span to) {
      if (offset < 0 || offset > size - static_cast<std::int64_t>(to.size())) return false;
      make(seed, offset, to);
      return true;
    };
  }
  const auto source = files.get(of.path);
  if (!source) return nullptr;
  return [source](std::int64_t offset, byte_span to) { return source->read(offset, to); };
}

}  // namespace mtfetch::testing
