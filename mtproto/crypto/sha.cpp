// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/sha.hpp"

#include "mtproto/crypto/openssl_hash.hpp"

namespace mtfetch::crypto {
namespace {

// A context a thread is kept and begun anew for every hash: making one allocates twice, and the key
// derivation hashes five times a packet. Nothing can be seen of it from outside: each call begins
// from the start, and OpenSSL wipes its buffer of unhashed bytes when a hash ends.
template <class Digest>
Digest hash_parts(openssl_hash& with, std::initializer_list<byte_view> parts) {
  with.begin();
  for (const byte_view part : parts) with.update(part);
  return with.finish<Digest>();
}

}  // namespace

sha1_digest sha1_of(std::initializer_list<byte_view> parts) {
  thread_local openssl_hash kept(openssl_hash::sha1());
  return hash_parts<sha1_digest>(kept, parts);
}

sha256_digest sha256_of(std::initializer_list<byte_view> parts) {
  thread_local openssl_hash kept(openssl_hash::sha256());
  return hash_parts<sha256_digest>(kept, parts);
}

}  // namespace mtfetch::crypto
