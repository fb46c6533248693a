// SPDX-License-Identifier: BSL-1.0
// AES-NI and SHA-NI, interleaved.
#include "mtproto/crypto/loops_x86.hpp"
#include "mtproto/crypto/x86_sha.hpp"

namespace mtfetch::crypto {

const lane_loop shani_hash_loops[2] = {{2, hash_loop<sha_ni, 2>}, {1, hash_loop<sha_ni, 1>}};

const lane_loop shani_open_loops[3] = {{4, open_loop<aesni_ige<false>, sha_ni, 4>},
                                       {2, open_loop<aesni_ige<false>, sha_ni, 2>},
                                       {1, open_loop<aesni_ige<false>, sha_ni, 1>}};

}  // namespace mtfetch::crypto
