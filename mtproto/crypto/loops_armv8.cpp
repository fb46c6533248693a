// SPDX-License-Identifier: BSL-1.0
// The crypto extensions of ARMv8: AES and SHA-256, interleaved.
#include "mtproto/crypto/loops_armv8.hpp"

#include <arm_neon.h>

#include "mtproto/crypto/lane_loops.hpp"
#include "mtproto/crypto/sha256_constants.hpp"

namespace mtfetch::crypto {
namespace {

[[gnu::always_inline]] inline uint8x16_t xor3(uint8x16_t a, uint8x16_t b, uint8x16_t c) {
  return veorq_u8(veorq_u8(a, b), c);
}

// One AES-256-IGE stream. Here an AES instruction begins with the xor of its key, so the trick of
// the x86 stream (x86_aes.hpp) is done at the block's begin: instead of
//   out[i-1] = cipher ^ last key ^ in[i-2];  state = in[i] ^ out[i-1];  first round with the first
//   key
// the first round takes  first key ^ last key ^ in[i-2] ^ in[i]  as its key, all known before, and
// what the cipher gave as its state: nothing stands between the last round and the next first one.
template <bool Encrypt>
class armv8_ige {
 public:
  static constexpr std::size_t lanes = 1;

  [[gnu::always_inline]] inline void enter(message_lane* const* from) {
    const message_lane& lane = **from;
    keys_ = lane.keys;
    at_ = lane.at;
    previous_in_ = vld1q_u8(lane.chain + in_at);
    out_ = vld1q_u8(lane.chain + out_at);
    in_ = vld1q_u8(at_);
    // The first block has no cipher before it: its output is the chain's.
    state_ = out_;
    first_ = veorq_u8(key(0), in_);
  }

  [[gnu::always_inline]] inline void leave(message_lane* const* to) const {
    message_lane& lane = **to;
    vst1q_u8(lane.chain + in_at, previous_in_);
    vst1q_u8(lane.chain + out_at, out_);
    lane.at = at_;
  }

  template <int Round>
  [[gnu::always_inline]] inline void middle_round() {
    state_ = mixed(substituted(state_, Round == 1 ? first_ : key(Round - 1)));
  }

  // Behind the last block there is nothing that may be read: there the next one counts as zeros.
  [[gnu::always_inline]] inline void last_round(bool last_block) {
    static constexpr std::uint8_t zeros[16] = {};
    const uint8x16_t next = vld1q_u8(last_block ? zeros : at_ + 16);
    const uint8x16_t behind = veorq_u8(key(aes_rounds), previous_in_);
    state_ = substituted(state_, key(aes_rounds - 1));
    out_ = veorq_u8(state_, behind);
    first_ = xor3(key(0), behind, next);
    vst1q_u8(at_, out_);
    previous_in_ = in_;
    in_ = next;
    at_ += 16;
  }

  [[gnu::always_inline]] inline const std::uint8_t* at(std::size_t) const { return at_; }

 private:
  // The places of what goes in and comes out in message_lane::chain.
  static constexpr int in_at = Encrypt ? 16 : 0;
  static constexpr int out_at = Encrypt ? 0 : 16;

  [[gnu::always_inline]] static inline uint8x16_t substituted(uint8x16_t state, uint8x16_t key) {
    return Encrypt ? vaeseq_u8(state, key) : vaesdq_u8(state, key);
  }
  [[gnu::always_inline]] static inline uint8x16_t mixed(uint8x16_t state) {
    return Encrypt ? vaesmcq_u8(state) : vaesimcq_u8(state);
  }
  [[gnu::always_inline]] inline uint8x16_t key(int round) const {
    return vld1q_u8(keys_ + 16 * round);
  }

  const std::uint8_t* keys_;
  std::uint8_t* at_;
  uint8x16_t first_;
  uint8x16_t in_;
  uint8x16_t previous_in_;
  uint8x16_t out_;
  uint8x16_t state_;
};

class armv8_sha {
 public:
  [[gnu::always_inline]] inline void enter(const message_lane& lane) {
    abcd_ = vld1q_u32(lane.hash);
    efgh_ = vld1q_u32(lane.hash + 4);
    from_ = lane.hash_from;
  }

  [[gnu::always_inline]] inline void leave(message_lane& lane) const {
    vst1q_u32(lane.hash, abcd_);
    vst1q_u32(lane.hash + 4, efgh_);
    lane.hash_from = from_;
  }

  [[gnu::always_inline]] inline void begin_block() {
    abcd_before_ = abcd_;
    efgh_before_ = efgh_;
  }

  [[gnu::always_inline]] inline void end_block(const std::uint8_t* next) {
    abcd_ = vaddq_u32(abcd_, abcd_before_);
    efgh_ = vaddq_u32(efgh_, efgh_before_);
    from_ = next;
  }

  [[gnu::always_inline]] inline const std::uint8_t* from() const { return from_; }

  // Four rounds, and the four words of the message schedule that replace those used here.
  template <int I>
  [[gnu::always_inline]] inline void quad() {
    uint32x4_t& now = words_[I % 4];
    const uint32x4_t& second = words_[(I + 1) % 4];
    if constexpr (I == 0) {
      for (int i = 0; i < 4; ++i) {
        words_[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(from_ + 16 * i)));
      }
    }
    const uint32x4_t sum = vaddq_u32(now, vld1q_u32(sha256_constants + 4 * I));
    if constexpr (I < 12) {
      now = vsha256su1q_u32(vsha256su0q_u32(now, second), words_[(I + 2) % 4], words_[(I + 3) % 4]);
    }
    const uint32x4_t abcd = abcd_;
    abcd_ = vsha256hq_u32(abcd_, efgh_, sum);
    efgh_ = vsha256h2q_u32(efgh_, abcd, sum);
  }

 private:
  const std::uint8_t* from_;
  uint32x4_t abcd_;
  uint32x4_t efgh_;
  uint32x4_t abcd_before_;
  uint32x4_t efgh_before_;
  uint32x4_t words_[4];
};

// The S-box on each byte of a word. There is no instruction for a key's round: an AES round with a
// key of zeros does it, whose row shifts change nothing while all columns are the same.
std::uint32_t substituted(std::uint32_t word) {
  const uint8x16_t columns = vreinterpretq_u8_u32(vdupq_n_u32(word));
  return vgetq_lane_u32(vreinterpretq_u32_u8(vaeseq_u8(columns, vdupq_n_u8(0))), 0);
}

std::uint32_t word_at(const std::uint8_t* from) {
  std::uint32_t word = 0;
  __builtin_memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace

// FIPS 197, section 5.2. Words are read in little-endian order, so a rotation to the left there is
// one to the right here.
void armv8_begin_encryption(const std::uint8_t* key, message_lane& lane) {
  __builtin_memcpy(lane.keys, key, 32);
  std::uint32_t round_constant = 1;
  for (int i = 8; i < 4 * (aes_rounds + 1); ++i) {
    std::uint8_t* const to = lane.keys + 4 * i;
    std::uint32_t word = word_at(to - 4);
    if (i % 8 == 0) {
      word = substituted(word >> 8 | word << 24) ^ round_constant;
      round_constant <<= 1;
    } else if (i % 4 == 0) {
      word = substituted(word);
    }
    word ^= word_at(to - 32);
    __builtin_memcpy(to, &word, sizeof word);
  }
}

// The schedule of the equivalent inverse cipher: in reverse order, the inner ones transformed.
void armv8_begin_decryption(const std::uint8_t* key, message_lane& lane) {
  armv8_begin_encryption(key, lane);
  for (int low = 0; low <= aes_rounds / 2; ++low) {
    const int high = aes_rounds - low;
    const uint8x16_t a = vld1q_u8(lane.keys + 16 * low);
    const uint8x16_t b = vld1q_u8(lane.keys + 16 * high);
    vst1q_u8(lane.keys + 16 * low, low == 0 ? b : vaesimcq_u8(b));
    vst1q_u8(lane.keys + 16 * high, low == 0 ? a : vaesimcq_u8(a));
  }
}

const lane_loop armv8_encrypt_loops[4] = {{8, cipher_loop<armv8_ige<true>, 8>},
                                          {4, cipher_loop<armv8_ige<true>, 4>},
                                          {2, cipher_loop<armv8_ige<true>, 2>},
                                          {1, cipher_loop<armv8_ige<true>, 1>}};
const lane_loop armv8_decrypt_loops[4] = {{8, cipher_loop<armv8_ige<false>, 8>},
                                          {4, cipher_loop<armv8_ige<false>, 4>},
                                          {2, cipher_loop<armv8_ige<false>, 2>},
                                          {1, cipher_loop<armv8_ige<false>, 1>}};
const lane_loop armv8_hash_loops[2] = {{2, hash_loop<armv8_sha, 2>}, {1, hash_loop<armv8_sha, 1>}};
const lane_loop armv8_open_loops[3] = {{4, open_loop<armv8_ige<false>, armv8_sha, 4>},
                                       {2, open_loop<armv8_ige<false>, armv8_sha, 2>},
                                       {1, open_loop<armv8_ige<false>, armv8_sha, 1>}};

}  // namespace mtfetch::crypto
