// SPDX-License-Identifier: BSL-1.0
// One AES-256-IGE stream in the registers of an x86 processor with AES-NI. For files of kernels
// only.
#pragma once

#include <immintrin.h>

#include "mtproto/crypto/lane_loops.hpp"

namespace mtfetch::crypto {
namespace {

[[gnu::always_inline]] inline __m128i load(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

[[gnu::always_inline]] inline void store(void* to, __m128i value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), value);
}

[[gnu::always_inline]] inline __m128i xor3(__m128i a, __m128i b, __m128i c) {
  return _mm_xor_si128(_mm_xor_si128(a, b), c);
}

// All that a block waits for is the block before it, so the time of one message is the latency of
// 14 rounds a block and nothing may be added to it. Written plainly there are three xors more:
//   state = in[i] ^ out[i-1] ^ first key;  rounds;  last round ^ last key;  out[i] = that ^ in[i-1]
// But the last round ends in a xor with its key operand, and xors may be done in any order. So the
// operand is made to be  last key ^ in[i-1] ^ in[i+1] ^ first key,  all known before: what comes
// out is the state of the next block at once, and out[i] is found beside the chain.
template <bool Encrypt>
class aesni_ige {
 public:
  static constexpr std::size_t lanes = 1;

  [[gnu::always_inline]] inline void enter(message_lane* const* from) {
    const message_lane& lane = **from;
    keys_ = lane.keys;
    at_ = lane.at;
    previous_in_ = load(lane.chain + in_at);
    out_ = load(lane.chain + out_at);
    in_ = load(at_);
    both_ = _mm_xor_si128(key(0), key(aes_rounds));
    state_ = xor3(in_, out_, key(0));
  }

  [[gnu::always_inline]] inline void leave(message_lane* const* to) const {
    message_lane& lane = **to;
    store(lane.chain + in_at, previous_in_);
    store(lane.chain + out_at, out_);
    lane.at = at_;
  }

  template <int Round>
  [[gnu::always_inline]] inline void middle_round() {
    state_ = Encrypt ? _mm_aesenc_si128(state_, key(Round)) : _mm_aesdec_si128(state_, key(Round));
  }

  // Behind the last block there is nothing that may be read: there the next one counts as zeros.
  [[gnu::always_inline]] inline void last_round(bool last_block) {
    alignas(16) static constexpr std::uint8_t zeros[16] = {};
    const __m128i next = load(last_block ? zeros : at_ + 16);
    const __m128i operand = xor3(previous_in_, next, both_);
    state_ =
        Encrypt ? _mm_aesenclast_si128(state_, operand) : _mm_aesdeclast_si128(state_, operand);
    out_ = xor3(state_, next, key(0));
    store(at_, out_);
    previous_in_ = in_;
    in_ = next;
    at_ += 16;
  }

  [[gnu::always_inline]] inline const std::uint8_t* at(std::size_t) const { return at_; }

 private:
  // The places of what goes in and comes out in message_lane::chain.
  static constexpr int in_at = Encrypt ? 16 : 0;
  static constexpr int out_at = Encrypt ? 0 : 16;

  [[gnu::always_inline]] inline __m128i key(int round) const {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(keys_ + 16 * round));
  }

  const std::uint8_t* keys_;
  std::uint8_t* at_;
  __m128i both_;
  __m128i in_;
  __m128i previous_in_;
  __m128i out_;
  __m128i state_;
};

}  // namespace
}  // namespace mtfetch::crypto
