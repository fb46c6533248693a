// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/passphrase.hpp"

#include <gtest/gtest.h>

#include <mtfetch/error.hpp>
#include <stdexcept>
#include <string>

#include "mtproto/crypto/random.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

// RFC 7914, section 12; the first 32 of its 64 bytes.
TEST(passphrase, scrypt_gives_the_known_answers) {
  EXPECT_EQ(hex(scrypt("password", as_bytes("NaCl"), {1024, 8, 16}).view()),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162");
  EXPECT_EQ(hex(scrypt("pleaseletmein", as_bytes("SodiumChloride"), {16384, 8, 1}).view()),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

TEST(passphrase, a_cost_out_of_a_file_is_bounded) {
  EXPECT_TRUE(is_sane(scrypt_cost()));
  for (const scrypt_cost& wrong :
       {scrypt_cost{0, 8, 1}, scrypt_cost{1, 8, 1}, scrypt_cost{1000, 8, 1},
        scrypt_cost{1024, 0, 1}, scrypt_cost{1024, 8, 0}, scrypt_cost{1ULL << 40, 8, 1},
        scrypt_cost{1ULL << 63, 1, 1}, scrypt_cost{1024, 1U << 31, 1},
        scrypt_cost{1024, 8, 1U << 31}}) {
    EXPECT_FALSE(is_sane(wrong)) << wrong.n << ' ' << wrong.r << ' ' << wrong.p;
    EXPECT_THROW(static_cast<void>(scrypt("a", as_bytes("b"), wrong)), std::invalid_argument);
  }
}

secret<32> key_of(std::string_view digits) {
  const bytes raw = unhex(digits);
  return secret<32>(std::span<const std::uint8_t, 32>(raw.data(), 32));
}

// The specification of GCM, test case 16.
TEST(passphrase, opens_the_known_answer_and_nothing_like_it) {
  const auto key = key_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const bytes identity = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  bytes sealed = unhex(
      "cafebabefacedbaddecaf888"
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  const auto opened = open_value(key, sealed, identity);
  ASSERT_TRUE(opened);
  EXPECT_EQ(hex(*opened),
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  EXPECT_EQ(open_value(key, sealed, as_bytes("another")).error(), protocol_errc::bad_value);
  EXPECT_FALSE(open_value(key, byte_view(sealed).first(sealed.size() - 1), identity));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    sealed[at] ^= 1;
    EXPECT_FALSE(open_value(key, sealed, identity)) << at;
    sealed[at] ^= 1;
  }
  for (std::size_t size = 0; size < seal_overhead; ++size) {
    EXPECT_FALSE(open_value(key, byte_view(sealed).first(size), identity)) << size;
  }
}

TEST(passphrase, seals_the_same_value_otherwise_each_time) {
  const secret<32> key = key_of(std::string(64, '5'));
  const bytes once = seal_value(key, as_bytes("a value"), as_bytes("its row"), system_random());
  const bytes twice = seal_value(key, as_bytes("a value"), as_bytes("its row"), system_random());
  EXPECT_NE(once, twice);
  EXPECT_EQ(once.size(), 7 + seal_overhead);
  for (const bytes& each : {once, twice}) {
    EXPECT_EQ(as_text(open_value(key, each, as_bytes("its row")).value()), "a value");
  }
  const bytes empty = seal_value(key, {}, {}, system_random());
  EXPECT_EQ(open_value(key, empty, {}).value(), bytes());
}

}  // namespace
}  // namespace mtfetch::crypto
