// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/faults/spoiled_answer.hpp"

#include <algorithm>
#include <utility>

#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

// With a part of 1 MiB that is a packet which clients take: transport::default_max_packet.
constexpr std::size_t most_extra = 512 << 10;

// One bit in the middle, where nothing but a hash finds it.
void corrupt(streamed_body& body) {
  body.fill = [source = std::move(body.fill)](byte_span to) {
    if (!source(to)) return false;
    if (!to.empty()) to[to.size() / 2] ^= 1;
    return true;
  };
  body.recipe.clear();
}

void cut(streamed_body& body, std::size_t keep) {
  if (keep >= body.size) return;
  body.fill = [source = std::move(body.fill), whole = body.size](byte_span to) {
    bytes all(whole);
    if (!source(all)) return false;
    std::copy_n(all.begin(), to.size(), to.begin());
    return true;
  };
  body.size = keep;
  body.recipe.clear();
}

void lengthen(streamed_body& body, std::size_t more) {
  body.fill = [source = std::move(body.fill), right = body.size](byte_span to) {
    if (!source(to.first(right))) return false;
    std::ranges::fill(to.subspan(right), std::uint8_t{0});
    return true;
  };
  body.size += std::min(more, most_extra);
  body.recipe.clear();
}

}  // namespace

void spoil(outcome<message_body>& answer, const fault_action& fault, const random_source& random) {
  auto* body = std::get_if<message_body>(&answer);
  if (body == nullptr) return;
  if (std::holds_alternative<garbage_answer>(fault)) {
    *body = noise(random, 64);
    return;
  }
  auto* file = std::get_if<streamed_body>(body);
  if (file == nullptr) return;
  if (std::holds_alternative<corrupt_bytes>(fault)) corrupt(*file);
  if (const auto* shorter = std::get_if<cut_bytes>(&fault)) cut(*file, shorter->keep);
  if (const auto* longer = std::get_if<extra_bytes>(&fault)) lengthen(*file, longer->more);
}

void hide_hashes(outcome<message_body>& answer) {
  auto* body = std::get_if<message_body>(&answer);
  if (body == nullptr) return;
  bytes none;
  tl::writer out(none);
  out.u32(tl::vector_id);
  out.i32(0);
  *body = std::move(none);
}

bytes noise(const random_source& random, std::size_t size) {
  bytes made(size);
  random(made);
  return made;
}

}  // namespace mtfetch::testing
