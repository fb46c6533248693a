// SPDX-License-Identifier: BSL-1.0
// The encrypted objects of the exchange: SHA-1, object, at most 15 bytes of padding, under AES-IGE.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/result.hpp>
#include <utility>

#include "mtproto/crypto/kdf.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::handshake {

inline constexpr std::size_t object_hash_size = 20;

/// SHA-1, object and random padding, not yet encrypted.
bytes hash_and_pad(byte_view object, const random_source& random);

/// Encrypts what hash_and_pad gave, in place. The keys are those of crypto::tmp_aes_key_iv.
/// https://core.telegram.org/mtproto/auth_key#5-server-responds-with
void encrypt_object(byte_span plaintext, const crypto::aes_key_iv& keys);

/// Decrypts; empty when the size is none that an encrypted object has.
bytes decrypt_object(byte_view encrypted, const crypto::aes_key_iv& keys);

/// Whether `plaintext` is SHA-1, an object of `size` bytes and at most 15 bytes of padding. The
/// hash covers exactly the object's bytes and is compared in constant time.
bool is_intact(byte_view plaintext, std::size_t size);

/// Opens an encrypted object. security_errc::answer_hash_mismatch for whatever is wrong with it.
template <class T>
result<T> open_object(byte_view encrypted, const crypto::aes_key_iv& keys) {
  bytes plaintext = decrypt_object(encrypted, keys);
  const crypto::wipe_at_exit wiped(plaintext);
  if (plaintext.empty()) return security_errc::answer_hash_mismatch;
  tl::reader in(byte_view(plaintext).subspan(object_hash_size));
  T object = tl::read_boxed<T>(in);
  if (in.error() || !is_intact(plaintext, in.position())) {
    return security_errc::answer_hash_mismatch;
  }
  return object;
}

}  // namespace mtfetch::handshake
