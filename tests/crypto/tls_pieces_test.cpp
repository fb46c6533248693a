// SPDX-License-Identifier: BSL-1.0
// What fake TLS needs: HMAC and public keys of X25519.
#include <gtest/gtest.h>

#include "mtproto/crypto/hmac.hpp"
#include "mtproto/crypto/x25519.hpp"
#include "mtproto/tl/hex.hpp"

namespace mtfetch::crypto {
namespace {

TEST(hmac_sha256, gives_the_known_answers) {
  // RFC 4231, test cases 2 and 6: a key shorter and one longer than a block.
  EXPECT_EQ(tl::to_hex(hmac_sha256(as_bytes("Jefe"),
                                   {as_bytes("what do ya want "), as_bytes("for nothing?")})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      tl::to_hex(hmac_sha256(bytes(131, 0xaa),
                             {as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")})),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(x25519, gives_the_known_public_key) {
  // RFC 7748, 5.2: the first of the iterations, whose scalar is 9 as well.
  std::array<std::uint8_t, 32> nine{};
  nine[0] = 9;
  EXPECT_EQ(tl::to_hex(x25519_public_key(nine)),
            "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
}

}  // namespace
}  // namespace mtfetch::crypto
