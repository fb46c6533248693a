// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/access_keys.hpp"

#include <algorithm>

#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::uint8_t reference_form = 1;  // first byte of every reference we make
constexpr std::size_t reference_size = 1 + 8 + 16;

}  // namespace

std::int64_t access_keys::access_hash(std::int64_t account, object_kind kind,
                                      std::int64_t id) const {
  bytes named;
  tl::writer out(named);
  out.u32(static_cast<std::uint32_t>(kind));
  out.i64(account);
  out.i64(id);
  const auto digest = crypto::sha256(secret_, named);
  return tl::reader(digest).i64();
}

bytes access_keys::file_reference(std::int64_t document, std::uint64_t epoch) const {
  bytes named;
  tl::writer out(named);
  out.i64(static_cast<std::int64_t>(epoch));
  out.i64(document);
  const auto digest = crypto::sha256(secret_, named);
  bytes reference(reference_size);
  reference[0] = reference_form;
  std::copy_n(named.begin(), 8, reference.begin() + 1);
  std::copy_n(digest.begin(), 16, reference.begin() + 9);
  return reference;
}

reference_state access_keys::check(byte_view reference, std::int64_t document,
                                   std::uint64_t epoch) const {
  if (reference.empty()) return reference_state::empty;
  if (reference.size() != reference_size || reference[0] != reference_form) {
    return reference_state::invalid;
  }
  const auto made_in = static_cast<std::uint64_t>(tl::reader(reference.subspan(1)).i64());
  if (!crypto::equal_in_constant_time(reference, file_reference(document, made_in))) {
    return reference_state::invalid;
  }
  return made_in == epoch ? reference_state::good : reference_state::expired;
}

}  // namespace mtfetch::testing
