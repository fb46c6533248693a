// SPDX-License-Identifier: BSL-1.0
// The loops that all kernels share, over the cipher and the hash of an instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "mtproto/crypto/message_kernels.hpp"

// Each file that includes this is compiled for an instruction set of its own (see CMakeLists.txt).
// All is in a nameless namespace and calls no inline function of another header: else the linker
// might keep a copy made for one instruction set and use it on a processor without it.
//
// A cipher holds one IGE stream or a few side by side:
//   lanes (how many), enter(lanes), middle_round<1..13>(), last_round(last_block), at(lane),
//   leave(lanes)
// A hash holds one stream of SHA-256:
//   enter(lane), begin_block(), quad<0..15>() (four rounds each), end_block(next), from(),
//   leave(lane)

namespace mtfetch::crypto {
namespace {

constexpr int aes_rounds = 14;
constexpr int sha_quads = 16;

// The ciphers' own loops. A round takes about four cycles until its result can be used, yet the
// processor can begin one or two every cycle: one message leaves it idle most of the time, eight
// fill it. So a round is done for every message before the next round begins.

template <int Round, class Cipher, std::size_t... I>
[[gnu::always_inline]] inline void round_of_each(Cipher* ciphers, bool last_block,
                                                 std::index_sequence<I...>) {
  if constexpr (Round < aes_rounds) {
    (ciphers[I].template middle_round<Round>(), ...);
  } else {
    (ciphers[I].last_round(last_block), ...);
  }
}

template <int First, int Last, class Cipher, class Each>
[[gnu::always_inline]] inline void rounds_of_each(Cipher* ciphers, bool last_block, Each each) {
  round_of_each<First>(ciphers, last_block, each);
  if constexpr (First < Last) rounds_of_each<First + 1, Last>(ciphers, last_block, each);
}

template <class Cipher, std::size_t... I>
[[gnu::always_inline]] inline void run_ciphers(message_lane* const* lanes, std::size_t steps,
                                               std::index_sequence<I...> each) {
  Cipher ciphers[sizeof...(I)];
  (ciphers[I].enter(lanes + I * Cipher::lanes), ...);
  do {
    --steps;
    rounds_of_each<1, aes_rounds>(ciphers, steps == 0, each);
  } while (steps != 0);
  (ciphers[I].leave(lanes + I * Cipher::lanes), ...);
}

template <class Cipher, std::size_t Lanes>
void cipher_loop(message_lane* const* lanes, std::size_t steps) {
  run_ciphers<Cipher>(lanes, steps, std::make_index_sequence<Lanes / Cipher::lanes>());
}

// The hashes' own loops: a hash waits for itself too, but two of them fill the unit that does them.

template <int Quad, class Hash, std::size_t... I>
[[gnu::always_inline]] inline void quad_of_each(Hash* hashes, std::index_sequence<I...>) {
  (hashes[I].template quad<Quad>(), ...);
}

template <class Hash, std::size_t... Quad, std::size_t... I>
[[gnu::always_inline]] inline void run_hashes(message_lane* const* lanes, std::size_t steps,
                                              std::index_sequence<Quad...>,
                                              std::index_sequence<I...> each) {
  Hash hashes[sizeof...(I)];
  (hashes[I].enter(*lanes[I]), ...);
  for (; steps != 0; --steps) {
    (hashes[I].begin_block(), ...);
    (quad_of_each<static_cast<int>(Quad)>(hashes, each), ...);
    (hashes[I].end_block(hashes[I].from() + 64), ...);
  }
  (hashes[I].leave(*lanes[I]), ...);
}

template <class Hash, std::size_t Lanes>
void hash_loop(message_lane* const* lanes, std::size_t steps) {
  run_hashes<Hash>(lanes, steps, std::make_index_sequence<sha_quads>(),
                   std::make_index_sequence<Lanes>());
}

// Both together. The cipher and the hash are two chains of instructions that do not wait for each
// other: while 64 bytes are deciphered, the 64 before them are hashed in the gaps. One message is
// then as slow as its cipher alone, 14 rounds a block, and the hash comes for nothing. Four
// messages fill the gaps of the cipher themselves, and the unit that does the hash is the limit:
// two hashes at a time keep it busy, and the cipher of all four is hidden under them.
//
// A step of 64 bytes is divided into ticks. A tick is four rounds of SHA-256 for the messages that
// are hashed together, and a share of a block's AES rounds for all messages.

template <std::size_t Lanes>
struct division {
  static constexpr std::size_t together = Lanes == 1 ? 1 : 2;
  static constexpr int ticks = sha_quads * static_cast<int>(Lanes / together);
  static constexpr int ticks_per_block = ticks / 4;
  static constexpr int rounds_before(int share) { return aes_rounds * share / ticks_per_block; }
};

// A tick's part of hash I. `Done` blocks of this step have been deciphered by now: where they
// begin, the hash goes on in the next step.
template <int Quad, int Done, std::size_t I, class Cipher, class Hash>
[[gnu::always_inline]] inline void hash_tick(const Cipher* ciphers, Hash* hashes) {
  if constexpr (Quad == 0) hashes[I].begin_block();
  hashes[I].template quad<Quad>();
  if constexpr (Quad == sha_quads - 1) {
    hashes[I].end_block(ciphers[I / Cipher::lanes].at(I % Cipher::lanes) - 16 * Done);
  }
}

template <std::size_t Lanes, int Tick, class Cipher, class Hash>
[[gnu::always_inline]] inline void tick(Cipher* ciphers, Hash* hashes, bool last_step) {
  using into = division<Lanes>;
  constexpr int block = Tick / into::ticks_per_block;
  constexpr int share = Tick % into::ticks_per_block;
  constexpr int quad = Tick % sha_quads;
  constexpr std::size_t first = Tick / sha_quads * into::together;

  hash_tick<quad, block, first>(ciphers, hashes);
  if constexpr (into::together == 2) hash_tick<quad, block, first + 1>(ciphers, hashes);
  rounds_of_each<into::rounds_before(share) + 1, into::rounds_before(share + 1)>(
      ciphers, block == 3 && last_step, std::make_index_sequence<Lanes / Cipher::lanes>());
}

template <std::size_t Lanes, class Cipher, class Hash, std::size_t... Tick>
[[gnu::always_inline]] inline void open_step(Cipher* ciphers, Hash* hashes, bool last_step,
                                             std::index_sequence<Tick...>) {
  (tick<Lanes, static_cast<int>(Tick)>(ciphers, hashes, last_step), ...);
}

template <class Cipher, class Hash, std::size_t... C, std::size_t... I>
[[gnu::always_inline]] inline void run_open(message_lane* const* lanes, std::size_t steps,
                                            std::index_sequence<C...>, std::index_sequence<I...>) {
  Cipher ciphers[sizeof...(C)];
  Hash hashes[sizeof...(I)];
  (ciphers[C].enter(lanes + C * Cipher::lanes), ...);
  (hashes[I].enter(*lanes[I]), ...);
  do {
    --steps;
    open_step<sizeof...(I)>(ciphers, hashes, steps == 0,
                            std::make_index_sequence<division<sizeof...(I)>::ticks>());
  } while (steps != 0);
  (ciphers[C].leave(lanes + C * Cipher::lanes), ...);
  (hashes[I].leave(*lanes[I]), ...);
}

template <class Cipher, class Hash, std::size_t Lanes>
void open_loop(message_lane* const* lanes, std::size_t steps) {
  run_open<Cipher, Hash>(lanes, steps, std::make_index_sequence<Lanes / Cipher::lanes>(),
                         std::make_index_sequence<Lanes>());
}

}  // namespace
}  // namespace mtfetch::crypto
