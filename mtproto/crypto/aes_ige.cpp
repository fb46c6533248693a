// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/aes_ige.hpp"

#include <algorithm>

#include "mtproto/crypto/ige_kernels.hpp"
#include "mtproto/crypto/message_kernels.hpp"
#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {

namespace {

// Runs the loop for one message, the last of its kind, over data in place.
void run(std::span<const lane_loop> loops, message_lane& lane, byte_span data, ige_chain chain) {
  if (data.empty()) return;
  std::copy(chain.begin(), chain.end(), lane.chain);
  lane.at = data.data();
  message_lane* const one = &lane;
  loops.back().run(&one, data.size() / 16);
  std::copy_n(lane.chain, chain.size(), chain.begin());
}

void encrypt(byte_span data, key256 key, ige_chain chain) {
  const message_kernel& kernel = *best_message_kernel();
  message_lane lane;
  kernel.begin_encryption(key.data(), lane);
  run(kernel.encrypt, lane, data, chain);
}

void decrypt(byte_span data, key256 key, ige_chain chain) {
  const message_kernel& kernel = *best_message_kernel();
  message_lane lane;
  kernel.begin_decryption(key.data(), lane);
  run(kernel.decrypt, lane, data, chain);
}

}  // namespace

std::vector<ige_kernel> usable_ige_kernels() {
  std::vector<ige_kernel> usable;
  // For one message all of them have the same loop: that of the least, after which it is named.
  const std::span<const message_kernel> kernels = usable_message_kernels();
  if (!kernels.empty()) usable.push_back({kernels.back().name, encrypt, decrypt});
  usable.push_back(portable_ige_kernel());
  return usable;
}

const ige_kernel& best_ige_kernel() {
  static const ige_kernel best = usable_ige_kernels().front();
  return best;
}

std::string_view ige_kernel_name() {
  return best_ige_kernel().name;
}

void ige_encrypt(byte_span data, key256 key, iv256 iv) {
  secret<32> chain(iv);
  best_ige_kernel().encrypt(data.first(data.size() / 16 * 16), key, chain.span());
}

void ige_decrypt(byte_span data, key256 key, iv256 iv) {
  secret<32> chain(iv);
  best_ige_kernel().decrypt(data.first(data.size() / 16 * 16), key, chain.span());
}

}  // namespace mtfetch::crypto
