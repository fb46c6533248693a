// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/message_kernels.hpp"

#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>

#include "mtproto/crypto/loops_x86.hpp"
#elif defined(__aarch64__)
#include <sys/auxv.h>

#include "mtproto/crypto/loops_armv8.hpp"
#endif

namespace mtfetch::crypto {
namespace {

#if defined(__x86_64__)

struct processor {
  bool aes = false;
  bool sha = false;
  bool vaes = false;
};

// The compilers' __builtin_cpu_supports does not know all of these names; whether the system saves
// the wide registers it does know, with avx2.
processor this_processor() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  processor has;
  has.aes = __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("sse4.1") != 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
    has.sha = (b >> 29 & 1U) != 0;
    has.vaes = (c >> 9 & 1U) != 0 && __builtin_cpu_supports("avx2") != 0;
  }
  return has;
}

std::vector<message_kernel> kernels() {
  static const lane_loop vaes_open_loops[] = {vaes_open_four, shani_open_loops[1],
                                              shani_open_loops[2]};
  const processor has = this_processor();
  if (!has.aes) return {};
  message_kernel aes{"aes-ni",
                     aesni_begin_encryption,
                     aesni_begin_decryption,
                     aesni_encrypt_loops,
                     aesni_decrypt_loops,
                     {},
                     {}};
  if (!has.sha) return {aes};
  message_kernel sha = aes;
  sha.name = "aes-ni + sha-ni";
  sha.hash = shani_hash_loops;
  sha.open = shani_open_loops;
  if (!has.vaes) return {sha, aes};
  message_kernel vaes = sha;
  vaes.name = "vaes + sha-ni";
  vaes.open = vaes_open_loops;
  return {vaes, sha, aes};
}

#elif defined(__aarch64__)

std::vector<message_kernel> kernels() {
  const unsigned long has = getauxval(AT_HWCAP);
  if ((has & HWCAP_AES) == 0 || (has & HWCAP_SHA2) == 0) return {};
  return {{"armv8", armv8_begin_encryption, armv8_begin_decryption, armv8_encrypt_loops,
           armv8_decrypt_loops, armv8_hash_loops, armv8_open_loops}};
}

#else

std::vector<message_kernel> kernels() {
  return {};
}

#endif

}  // namespace

std::span<const message_kernel> usable_message_kernels() {
  static const std::vector<message_kernel> usable = kernels();
  return usable;
}

const message_kernel* best_message_kernel() {
  const std::span<const message_kernel> usable = usable_message_kernels();
  return usable.empty() ? nullptr : &usable.front();
}

}  // namespace mtfetch::crypto
