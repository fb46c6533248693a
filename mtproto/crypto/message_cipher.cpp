// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/message_cipher.hpp"

#include <array>

#include "mtproto/crypto/little_endian.hpp"
#include "mtproto/crypto/message_groups.hpp"

namespace mtfetch::crypto {

void seal(byte_span packet, const auth_key& key, side sender) {
  const std::array<seal_job, 1> job{{{packet, &key, sender}}};
  seal_batch(job);
}

std::error_code open(byte_span packet, const auth_key& key, side sender) {
  std::array<open_job, 1> job{{{packet, &key, sender, {}}}};
  open_batch(job);
  return job.front().error;
}

void seal_batch(std::span<const seal_job> jobs) {
  seal_with(best_message_kernel(), jobs);
}

void open_batch(std::span<open_job> jobs) {
  open_with(best_message_kernel(), jobs);
}

std::uint32_t quick_ack_token(byte_view plaintext, const auth_key& key, side sender) {
  return load_u32(message_key_large(plaintext, key, sender).data()) | 0x80000000U;
}

}  // namespace mtfetch::crypto
