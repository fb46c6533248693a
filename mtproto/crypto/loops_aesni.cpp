// SPDX-License-Identifier: BSL-1.0
// AES-NI, one message and several. OpenSSL hashes.
#include "mtproto/crypto/loops_x86.hpp"
#include "mtproto/crypto/x86_aes.hpp"

namespace mtfetch::crypto {
namespace {

// w ^ (w << 32) ^ (w << 64) ^ (w << 96): the running xor of a round key's four words.
inline __m128i running_xor(__m128i words) {
  words = _mm_xor_si128(words, _mm_slli_si128(words, 4));
  return _mm_xor_si128(words, _mm_slli_si128(words, 8));
}

template <int RoundConstant>
inline __m128i next_even(__m128i before_last, __m128i last) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(last, RoundConstant), 0xff);
  return _mm_xor_si128(running_xor(before_last), word);
}

inline __m128i next_odd(__m128i before_last, __m128i last) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(last, 0), 0xaa);
  return _mm_xor_si128(running_xor(before_last), word);
}

}  // namespace

void aesni_begin_encryption(const std::uint8_t* key, message_lane& lane) {
  std::uint8_t* const to = lane.keys;
  __m128i even = load(key);
  __m128i odd = load(key + 16);
  store(to, even);
  store(to + 16, odd);
  store(to + 32, even = next_even<0x01>(even, odd));
  store(to + 48, odd = next_odd(odd, even));
  store(to + 64, even = next_even<0x02>(even, odd));
  store(to + 80, odd = next_odd(odd, even));
  store(to + 96, even = next_even<0x04>(even, odd));
  store(to + 112, odd = next_odd(odd, even));
  store(to + 128, even = next_even<0x08>(even, odd));
  store(to + 144, odd = next_odd(odd, even));
  store(to + 160, even = next_even<0x10>(even, odd));
  store(to + 176, odd = next_odd(odd, even));
  store(to + 192, even = next_even<0x20>(even, odd));
  store(to + 208, odd = next_odd(odd, even));
  store(to + 224, next_even<0x40>(even, odd));
}

// The schedule of the equivalent inverse cipher: in reverse order, the inner ones transformed.
void aesni_begin_decryption(const std::uint8_t* key, message_lane& lane) {
  aesni_begin_encryption(key, lane);
  for (int low = 0; low <= aes_rounds / 2; ++low) {
    const int high = aes_rounds - low;
    const __m128i a = load(lane.keys + 16 * low);
    const __m128i b = load(lane.keys + 16 * high);
    store(lane.keys + 16 * low, low == 0 ? b : _mm_aesimc_si128(b));
    store(lane.keys + 16 * high, low == 0 ? a : _mm_aesimc_si128(a));
  }
}

const lane_loop aesni_encrypt_loops[4] = {{8, cipher_loop<aesni_ige<true>, 8>},
                                          {4, cipher_loop<aesni_ige<true>, 4>},
                                          {2, cipher_loop<aesni_ige<true>, 2>},
                                          {1, cipher_loop<aesni_ige<true>, 1>}};
const lane_loop aesni_decrypt_loops[4] = {{8, cipher_loop<aesni_ige<false>, 8>},
                                          {4, cipher_loop<aesni_ige<false>, 4>},
                                          {2, cipher_loop<aesni_ige<false>, 2>},
                                          {1, cipher_loop<aesni_ige<false>, 1>}};

}  // namespace mtfetch::crypto
