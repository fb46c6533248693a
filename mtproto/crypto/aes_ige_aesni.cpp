// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/ige_kernels.hpp"
#include "mtproto/crypto/secure.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>

namespace mtfetch::crypto {
namespace {

// The functions carry the instruction set themselves: with a compiler flag for the whole file, the
// templates of the standard library would be compiled with it too, and the linker might keep those
// for everybody.

constexpr int rounds = 14;

// The round keys as memory: they are wiped at the end of every call.
struct alignas(16) key_schedule {
  std::array<std::uint8_t, 16 * (rounds + 1)> bytes;
  key_schedule() = default;
  key_schedule(const key_schedule&) = delete;
  key_schedule& operator=(const key_schedule&) = delete;
  ~key_schedule() { wipe(bytes); }
};

[[gnu::target("aes,sse4.1")]] inline __m128i load(const std::uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

[[gnu::target("aes,sse4.1")]] inline void store(std::uint8_t* to, __m128i value) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value);
}

// w ^ (w << 32) ^ (w << 64) ^ (w << 96): the running xor of a round key's four words.
[[gnu::target("aes,sse4.1")]] inline __m128i running_xor(__m128i words) {
  words = _mm_xor_si128(words, _mm_slli_si128(words, 4));
  return _mm_xor_si128(words, _mm_slli_si128(words, 8));
}

template <int RoundConstant>
[[gnu::target("aes,sse4.1")]] inline __m128i next_even(__m128i before_last, __m128i last) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(last, RoundConstant), 0xff);
  return _mm_xor_si128(running_xor(before_last), word);
}

[[gnu::target("aes,sse4.1")]] inline __m128i next_odd(__m128i before_last, __m128i last) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(last, 0), 0xaa);
  return _mm_xor_si128(running_xor(before_last), word);
}

[[gnu::target("aes,sse4.1")]] void expand(key256 key, key_schedule& schedule) {
  std::uint8_t* const to = schedule.bytes.data();
  __m128i even = load(key.data());
  __m128i odd = load(key.data() + 16);
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
[[gnu::target("aes,sse4.1")]] void expand_inverse(key256 key, key_schedule& schedule) {
  key_schedule forward;
  expand(key, forward);
  const std::uint8_t* const from = forward.bytes.data();
  std::uint8_t* const to = schedule.bytes.data();
  store(to, load(from + 16 * rounds));
  for (int round = 1; round < rounds; ++round) {
    store(to + 16 * round, _mm_aesimc_si128(load(from + 16 * (rounds - round))));
  }
  store(to + 16 * rounds, load(from));
}

// All that a block waits for is the block before it, so the time of one message is the latency of
// 14 rounds a block and nothing may be added to it. Written plainly there are three xors more:
//   state = in[i] ^ out[i-1] ^ first key;  rounds;  last round ^ last key;  out[i] = that ^ in[i-1]
// But the last round ends in a xor with its key operand, and xors may be done in any order. So the
// operand is made to be  last key ^ in[i-1] ^ in[i+1] ^ first key,  all known before: what comes
// out is the state of the next block at once, and out[i] is found beside the chain.
template <bool Encrypt>
[[gnu::target("aes,sse4.1")]] inline void run(byte_span data, const key_schedule& schedule,
                                              __m128i& previous_in, __m128i& previous_out) {
  const std::uint8_t* keys = schedule.bytes.data();
  const __m128i first = load(keys);
  const __m128i last = load(keys + 16 * rounds);
  const __m128i both = _mm_xor_si128(first, last);
  std::uint8_t* at = data.data();
  std::uint8_t* const end = at + data.size();

  __m128i in = load(at);
  __m128i state = _mm_xor_si128(_mm_xor_si128(in, previous_out), first);
  for (;;) {
    const bool more = at + 16 != end;
    // Behind the last block there is nothing to read: then the operand gives out[i] ^ first key.
    const __m128i next = more ? load(at + 16) : _mm_setzero_si128();
    const __m128i operand = _mm_xor_si128(_mm_xor_si128(previous_in, next), both);
    for (int round = 1; round < rounds; ++round) {
      const __m128i key = load(keys + 16 * round);
      state = Encrypt ? _mm_aesenc_si128(state, key) : _mm_aesdec_si128(state, key);
    }
    state = Encrypt ? _mm_aesenclast_si128(state, operand) : _mm_aesdeclast_si128(state, operand);
    previous_out = _mm_xor_si128(_mm_xor_si128(state, next), first);
    previous_in = in;
    store(at, previous_out);
    if (!more) break;
    in = next;
    at += 16;
  }
}

[[gnu::target("aes,sse4.1")]] void encrypt(byte_span data, key256 key, ige_chain chain) {
  if (data.empty()) return;
  key_schedule schedule;
  expand(key, schedule);
  __m128i ciphertext = load(chain.data());
  __m128i plaintext = load(chain.data() + 16);
  run<true>(data, schedule, plaintext, ciphertext);
  store(chain.data(), ciphertext);
  store(chain.data() + 16, plaintext);
}

[[gnu::target("aes,sse4.1")]] void decrypt(byte_span data, key256 key, ige_chain chain) {
  if (data.empty()) return;
  key_schedule schedule;
  expand_inverse(key, schedule);
  __m128i ciphertext = load(chain.data());
  __m128i plaintext = load(chain.data() + 16);
  run<false>(data, schedule, ciphertext, plaintext);
  store(chain.data(), ciphertext);
  store(chain.data() + 16, plaintext);
}

}  // namespace

const ige_kernel* aesni_ige_kernel() {
  static constexpr ige_kernel kernel{"aes-ni", encrypt, decrypt};
  static const bool usable =
      __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("sse4.1") != 0;
  return usable ? &kernel : nullptr;
}

}  // namespace mtfetch::crypto

#else

namespace mtfetch::crypto {

const ige_kernel* aesni_ige_kernel() {
  return nullptr;
}

}  // namespace mtfetch::crypto

#endif
