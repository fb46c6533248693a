// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/cdn_tokens.hpp"

#include <algorithm>

#include "mtproto/crypto/aes_ctr.hpp"

namespace mtfetch::testing {

const cdn_ticket& cdn_tokens::of(std::int64_t document, std::size_t key_size,
                                 const random_source& random) {
  const auto [entry, made] = tickets_.try_emplace(document);
  cdn_ticket& ticket = entry->second;
  if (made) {
    ticket.document = document;
    ticket.file_token.resize(24);
    ticket.request_token.resize(16);
    ticket.key.resize(key_size);
    random(ticket.file_token);
    random(ticket.request_token);
    random(ticket.key);
    random(ticket.iv);
  }
  return ticket;
}

cdn_ticket* cdn_tokens::find(byte_view file_token) {
  for (auto& [document, ticket] : tickets_) {
    if (std::ranges::equal(ticket.file_token, file_token)) return &ticket;
  }
  return nullptr;
}

void seal_for_cdn(const cdn_ticket& with, std::int64_t offset, byte_span data) {
  auto counter = with.iv;
  std::uint64_t block = static_cast<std::uint64_t>(offset) / counter.size();
  for (std::size_t i = counter.size(); i-- > 12; block >>= 8) {
    counter[i] = static_cast<std::uint8_t>(block);
  }
  crypto::aes_ctr(with.key, counter).apply(data);
}

}  // namespace mtfetch::testing
