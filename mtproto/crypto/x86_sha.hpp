// SPDX-License-Identifier: BSL-1.0
// One stream of SHA-256 in the registers of an x86 processor with SHA-NI. For files of kernels
// only.
#pragma once

#include "mtproto/crypto/sha256_constants.hpp"
#include "mtproto/crypto/x86_aes.hpp"

namespace mtfetch::crypto {
namespace {

class sha_ni {
 public:
  // The instructions want the state as words a,b,e,f and c,d,g,h.
  [[gnu::always_inline]] inline void enter(const message_lane& lane) {
    const __m128i cdab = _mm_shuffle_epi32(load(lane.hash), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(load(lane.hash + 4), 0x1b);
    abef_ = _mm_alignr_epi8(cdab, efgh, 8);
    cdgh_ = _mm_blend_epi16(efgh, cdab, 0xf0);
    from_ = lane.hash_from;
  }

  [[gnu::always_inline]] inline void leave(message_lane& lane) const {
    const __m128i feba = _mm_shuffle_epi32(abef_, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh_, 0xb1);
    store(lane.hash, _mm_blend_epi16(feba, dchg, 0xf0));
    store(lane.hash + 4, _mm_alignr_epi8(dchg, feba, 8));
    lane.hash_from = from_;
  }

  [[gnu::always_inline]] inline void begin_block() {
    abef_before_ = abef_;
    cdgh_before_ = cdgh_;
  }

  [[gnu::always_inline]] inline void end_block(const std::uint8_t* next) {
    abef_ = _mm_add_epi32(abef_, abef_before_);
    cdgh_ = _mm_add_epi32(cdgh_, cdgh_before_);
    from_ = next;
  }

  [[gnu::always_inline]] inline const std::uint8_t* from() const { return from_; }

  // Four rounds, and the part of the message schedule that their words make possible.
  template <int I>
  [[gnu::always_inline]] inline void quad() {
    __m128i& now = words_[I % 4];
    __m128i& next = words_[(I + 1) % 4];
    __m128i& before = words_[(I + 3) % 4];
    if constexpr (I < 4) {
      const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
      now = _mm_shuffle_epi8(load(from_ + 16 * I), big_endian);
    }
    const __m128i sum = _mm_add_epi32(now, load(sha256_constants + 4 * I));
    cdgh_ = _mm_sha256rnds2_epu32(cdgh_, abef_, sum);
    if constexpr (I >= 3 && I < 15) {
      next = _mm_add_epi32(next, _mm_alignr_epi8(now, before, 4));
      next = _mm_sha256msg2_epu32(next, now);
    }
    abef_ = _mm_sha256rnds2_epu32(abef_, cdgh_, _mm_shuffle_epi32(sum, 0x0e));
    if constexpr (I >= 1 && I < 13) before = _mm_sha256msg1_epu32(before, now);
  }

 private:
  const std::uint8_t* from_;
  __m128i abef_;
  __m128i cdgh_;
  __m128i abef_before_;
  __m128i cdgh_before_;
  __m128i words_[4];
};

}  // namespace
}  // namespace mtfetch::crypto
