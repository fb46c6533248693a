// SPDX-License-Identifier: BSL-1.0
// Which files were sent to the CDN, under which tokens and keys, and what of it the CDN has.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mtfetch/bytes.hpp>
#include <set>

namespace mtfetch::testing {

/// One file's way to the CDN. https://core.telegram.org/constructor/upload.fileCdnRedirect
struct cdn_ticket {
  bytes file_token;
  bytes request_token;  ///< what upload.reuploadCdnFile has to name
  bytes key;
  std::array<std::uint8_t, 16> iv{};
  std::int64_t document = 0;
  std::uint64_t parts = 0;  ///< given with this token
};

/// One thread at a time. Nothing of it outlives the process: a client asks for a new token.
class cdn_tokens {
 public:
  /// The ticket of a document, made where there is none.
  const cdn_ticket& of(std::int64_t document, std::size_t key_size, const random_source& random);
  /// Null for a token that is not, or no more, one of ours.
  cdn_ticket* find(byte_view file_token);
  void expire(std::int64_t document) { tickets_.erase(document); }
  void expire_all() { tickets_.clear(); }

  /// Documents that the CDN was given.
  bool has(std::int64_t document) const { return uploaded_.contains(document); }
  void upload(std::int64_t document) { uploaded_.insert(document); }
  void forget(std::int64_t document) { uploaded_.erase(document); }

 private:
  std::map<std::int64_t, cdn_ticket> tickets_;  // by document
  std::set<std::int64_t> uploaded_;
};

/// Encrypts what stands at `offset` of the file as the CDN keeps it.
/// https://core.telegram.org/cdn#decrypting-files
void seal_for_cdn(const cdn_ticket& with, std::int64_t offset, byte_span data);

}  // namespace mtfetch::testing
