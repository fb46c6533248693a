// SPDX-License-Identifier: BSL-1.0
// VAES: two IGE streams in one register of 256 bits, so that the cipher of four messages needs half
// the instructions while the hash is the limit. Where fewer messages are open it changes nothing.
#include "mtproto/crypto/loops_x86.hpp"
#include "mtproto/crypto/x86_sha.hpp"

namespace mtfetch::crypto {
namespace {

[[gnu::always_inline]] inline __m256i load_two(const void* low, const void* high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(load(low)), load(high), 1);
}

[[gnu::always_inline]] inline void store_two(void* low, void* high, __m256i value) {
  store(low, _mm256_castsi256_si128(value));
  store(high, _mm256_extracti128_si256(value, 1));
}

[[gnu::always_inline]] inline __m256i xor3(__m256i a, __m256i b, __m256i c) {
  return _mm256_xor_si256(_mm256_xor_si256(a, b), c);
}

// Two streams side by side; otherwise as aesni_ige<false>.
class vaes_ige_decryption {
 public:
  static constexpr std::size_t lanes = 2;

  vaes_ige_decryption() = default;
  vaes_ige_decryption(const vaes_ige_decryption&) = delete;
  vaes_ige_decryption& operator=(const vaes_ige_decryption&) = delete;
  ~vaes_ige_decryption() { wipe(keys_, sizeof keys_); }

  [[gnu::always_inline]] inline void enter(message_lane* const* from) {
    const message_lane& a = *from[0];
    const message_lane& b = *from[1];
    for (int i = 0; i < 16 * (aes_rounds + 1); i += 16) {
      _mm256_store_si256(reinterpret_cast<__m256i*>(keys_ + 2 * i),
                         load_two(a.keys + i, b.keys + i));
    }
    at_[0] = a.at;
    at_[1] = b.at;
    previous_in_ = load_two(a.chain, b.chain);
    out_ = load_two(a.chain + 16, b.chain + 16);
    in_ = load_two(at_[0], at_[1]);
    both_ = _mm256_xor_si256(key(0), key(aes_rounds));
    state_ = xor3(in_, out_, key(0));
  }

  [[gnu::always_inline]] inline void leave(message_lane* const* to) const {
    message_lane& a = *to[0];
    message_lane& b = *to[1];
    store_two(a.chain, b.chain, previous_in_);
    store_two(a.chain + 16, b.chain + 16, out_);
    a.at = at_[0];
    b.at = at_[1];
  }

  template <int Round>
  [[gnu::always_inline]] inline void middle_round() {
    state_ = _mm256_aesdec_epi128(state_, key(Round));
  }

  [[gnu::always_inline]] inline void last_round(bool last_block) {
    const __m256i next = last_block ? _mm256_setzero_si256() : load_two(at_[0] + 16, at_[1] + 16);
    state_ = _mm256_aesdeclast_epi128(state_, xor3(previous_in_, next, both_));
    out_ = xor3(state_, next, key(0));
    store_two(at_[0], at_[1], out_);
    previous_in_ = in_;
    in_ = next;
    at_[0] += 16;
    at_[1] += 16;
  }

  [[gnu::always_inline]] inline const std::uint8_t* at(std::size_t lane) const { return at_[lane]; }

 private:
  [[gnu::always_inline]] inline __m256i key(int round) const {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(keys_ + 32 * round));
  }

  // The round keys of both, in turn.
  alignas(64) std::uint8_t keys_[32 * (aes_rounds + 1)];
  std::uint8_t* at_[2];
  __m256i both_;
  __m256i in_;
  __m256i previous_in_;
  __m256i out_;
  __m256i state_;
};

}  // namespace

const lane_loop vaes_open_four{4, open_loop<vaes_ige_decryption, sha_ni, 4>};

}  // namespace mtfetch::crypto
