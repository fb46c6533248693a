// SPDX-License-Identifier: BSL-1.0
// AES-256 in counter mode as one keystream: obfuscated transports and CDN files.
#pragma once

#include <memory>
#include <mtfetch/bytes.hpp>

namespace mtfetch::crypto {

/// One continuous keystream with a 128-bit big-endian counter. Move-only; one thread at a time.
class aes_ctr {
 public:
  /// Key of 32 bytes, first counter of 16 bytes; other sizes throw std::invalid_argument, since
  /// they are a mistake of the caller.
  aes_ctr(byte_view key, byte_view iv);
  aes_ctr(aes_ctr&&) noexcept;
  aes_ctr& operator=(aes_ctr&&) noexcept;
  ~aes_ctr();

  /// Encrypts or decrypts in place with the next data.size() bytes of the keystream.
  void apply(byte_span data);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace mtfetch::crypto
