// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/passphrase.hpp"

#include <mtfetch/error.hpp>

#include <openssl/evp.h>

#include <memory>
#include <new>
#include <stdexcept>

namespace mtfetch::crypto {
namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
static_assert(nonce_size + tag_size == seal_overhead);

struct release {
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, release>;

context begin(const secret<32>& key, const std::uint8_t* nonce, byte_view identity, bool sealing) {
  context out(EVP_CIPHER_CTX_new());
  int size = 0;
  if (!out ||
      EVP_CipherInit_ex2(out.get(), EVP_aes_256_gcm(), key.data(), nonce, sealing ? 1 : 0,
                         nullptr) != 1 ||
      EVP_CipherUpdate(out.get(), nullptr, &size, identity.data(),
                       static_cast<int>(identity.size())) != 1) {
    throw std::bad_alloc();
  }
  return out;
}

}  // namespace

bool is_sane(const scrypt_cost& cost) {
  const bool power = cost.n >= 2 && (cost.n & (cost.n - 1)) == 0;
  if (!power || cost.r == 0 || cost.p == 0) return false;
  // In this order nothing overflows. p is time only, and a file may not ask for hours either.
  return cost.r <= 64 && cost.p <= 16 && cost.n <= scrypt_memory_limit / 128 / cost.r;
}

secret<32> scrypt(std::string_view passphrase, byte_view salt, const scrypt_cost& cost) {
  if (!is_sane(cost)) throw std::invalid_argument("a cost that scrypt does not take");
  secret<32> key;
  // Its own limit counts some buffers more than the formula does.
  constexpr std::uint64_t limit = 2 * scrypt_memory_limit;
  if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(), salt.data(), salt.size(), cost.n, cost.r,
                     cost.p, limit, key.data(), key.size()) != 1) {
    throw std::bad_alloc();
  }
  return key;
}

bytes seal_value(const secret<32>& key, byte_view plain, byte_view identity,
                 const random_source& random) {
  bytes out(plain.size() + seal_overhead);
  const byte_span whole(out);
  random(whole.first(nonce_size));
  const context cipher = begin(key, out.data(), identity, true);
  int size = 0;
  int rest = 0;
  std::uint8_t* const tag = out.data() + nonce_size + plain.size();
  if (EVP_CipherUpdate(cipher.get(), out.data() + nonce_size, &size, plain.data(),
                       static_cast<int>(plain.size())) != 1 ||
      EVP_CipherFinal_ex(cipher.get(), tag, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, tag) != 1) {
    throw std::bad_alloc();
  }
  return out;
}

result<bytes> open_value(const secret<32>& key, byte_view sealed, byte_view identity) {
  if (sealed.size() < seal_overhead) return protocol_errc::bad_value;
  const std::size_t plain_size = sealed.size() - seal_overhead;
  const context cipher = begin(key, sealed.data(), identity, false);
  bytes tag(sealed.end() - tag_size, sealed.end());
  bytes out(plain_size);
  int size = 0;
  int rest = 0;
  if (EVP_CipherUpdate(cipher.get(), out.data(), &size, sealed.data() + nonce_size,
                       static_cast<int>(plain_size)) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) != 1) {
    throw std::bad_alloc();
  }
  if (EVP_CipherFinal_ex(cipher.get(), out.data() + plain_size, &rest) != 1) {
    wipe(out);
    return protocol_errc::bad_value;
  }
  return out;
}

}  // namespace mtfetch::crypto
