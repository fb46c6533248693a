// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "mtproto/crypto/rsa.hpp"
#include "mtproto/crypto/rsa_pad.hpp"
#include "mtproto/crypto/telegram_keys.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

// Making a key takes a moment: one for the whole program.
const rsa_private_key& test_key() {
  static const rsa_private_key key = rsa_private_key::generate();
  return key;
}

rsa_public_key public_key(const known_answer& known) {
  return rsa_public_key::from_numbers(known.data("n"), known.data("e")).value();
}

TEST(rsa_public_key, has_the_known_fingerprints) {
  for (const known_answer& known : known_answers("rsa_keys")) {
    EXPECT_EQ(public_key(known).fingerprint(), known.number("fingerprint_signed_decimal"))
        << known.name();
  }
}

TEST(telegram_keys, are_the_published_ones) {
  const auto production = production_keys();
  const auto test = test_keys();
  ASSERT_EQ(production.size(), 1U);
  ASSERT_EQ(test.size(), 1U);
  const known_answer first = known_answer_of("rsa_keys", "rsa_key_d09d1d85de64fd85");
  EXPECT_EQ(hex(production[0].n()), first.text("n"));
  EXPECT_EQ(production[0].fingerprint(), first.number("fingerprint_signed_decimal"));
  const known_answer second = known_answer_of("rsa_keys", "rsa_key_b25898df208d2603");
  EXPECT_EQ(hex(test[0].n()), second.text("n"));
  EXPECT_EQ(test[0].fingerprint(), second.number("fingerprint_signed_decimal"));
}

TEST(rsa_public_key, refuses_numbers_that_are_no_2048_bit_key) {
  const rsa_public_key good = production_keys()[0];
  const bytes n(good.n().begin(), good.n().end());
  const bytes e(good.e().begin(), good.e().end());
  bytes even = n;
  even.back() &= 0xfe;
  bytes small = n;
  small.front() = 0x7f;
  bytes longer = n;
  longer.insert(longer.begin(), 1);
  for (const bytes& wrong : {even, small, longer, bytes(255, 0xff), bytes{}}) {
    EXPECT_EQ(rsa_public_key::from_numbers(wrong, e).error(), protocol_errc::bad_value);
  }
  for (const bytes& wrong : {bytes{}, bytes{0}, bytes{1}, bytes{4}, bytes(9, 0xff)}) {
    EXPECT_EQ(rsa_public_key::from_numbers(n, wrong).error(), protocol_errc::bad_value);
  }
  bytes with_zeros = n;
  with_zeros.insert(with_zeros.begin(), 3, 0);
  EXPECT_EQ(rsa_public_key::from_numbers(with_zeros, e)->fingerprint(), good.fingerprint());
}

TEST(rsa_public_key, reads_both_kinds_of_pem) {
  const std::string pkcs1 = test_key().public_pem();
  EXPECT_TRUE(pkcs1.starts_with("-----BEGIN RSA PUBLIC KEY-----\n")) << pkcs1;
  EXPECT_EQ(rsa_public_key::from_pem(pkcs1)->fingerprint(), test_key().public_key().fingerprint());

  // The same key in SPKI: a fixed one, so that the file format is not only read by its own writer.
  const auto spki = rsa_public_key::from_pem(
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6LszBcC1LGzyr992NzE0\n"
      "ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9k\n"
      "rM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO62cECs5HKhT5DZ98K33vmWiLowc621dQ\n"
      "uwKWSQKjWf50XYFw42h21P2KXUGyp2y/+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5\n"
      "gpYc397aYp438fsJoHIgJ2lgMv5h7WY9t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRU\n"
      "hebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP\n"
      "8wIDAQAB\n"
      "-----END PUBLIC KEY-----\n");
  ASSERT_TRUE(spki);
  EXPECT_EQ(spki->fingerprint(), production_keys()[0].fingerprint());
}

TEST(rsa_public_key, refuses_pem_that_is_something_else) {
  const std::string good = test_key().public_pem();
  for (const std::string& wrong :
       {std::string(), std::string("hello"), good.substr(0, good.size() / 2),
        std::string("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n"),
        std::string(100'000, 'A')}) {
    EXPECT_EQ(rsa_public_key::from_pem(wrong).error(), protocol_errc::bad_value);
    EXPECT_EQ(rsa_private_key::from_pem(wrong).error(), protocol_errc::bad_value);
  }
}

TEST(rsa_private_key, survives_being_written_and_read) {
  const auto read = rsa_private_key::from_pem(test_key().to_pem());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key().fingerprint(), test_key().public_key().fingerprint());
  bytes block(256, 0x11);
  EXPECT_EQ(bytes(256, 0x11), [&] {
    const auto plain = read->decrypt(test_key().public_key().encrypt(block));
    return bytes(plain->begin(), plain->end());
  }());
}

TEST(rsa_private_key, is_not_read_from_a_public_key) {
  EXPECT_EQ(rsa_private_key::from_pem(test_key().public_pem()).error(), protocol_errc::bad_value);
}

TEST(rsa_private_key, refuses_blocks_that_are_no_number_below_n) {
  EXPECT_EQ(test_key().decrypt(bytes(255)).error(), security_errc::rsa_mismatch);
  EXPECT_EQ(test_key().decrypt(bytes(257)).error(), security_errc::rsa_mismatch);
  EXPECT_EQ(test_key().decrypt(bytes(256, 0xff)).error(), security_errc::rsa_mismatch);
  EXPECT_EQ(test_key().decrypt({}).error(), security_errc::rsa_mismatch);
}

TEST(rsa_pad, gives_the_known_answer) {
  const known_answer known = known_answer_of("rsa_pad", "rsa_pad_zero_random");
  const auto zeros = [](byte_span out) { std::ranges::fill(out, std::uint8_t{0}); };
  EXPECT_EQ(hex(rsa_pad(known.data("data"), production_keys()[0], zeros)),
            known.text("encrypted_data"));
}

TEST(rsa_pad, is_undone_by_the_private_key) {
  const random_source random = seeded_random(1);
  for (std::size_t size = 0; size <= rsa_pad_max_data; size += 12) {
    bytes data(size);
    random(data);
    const auto opened = rsa_unpad(rsa_pad(data, test_key().public_key(), random), test_key());
    ASSERT_TRUE(opened);
    ASSERT_EQ(opened->size(), 192U);
    EXPECT_TRUE(std::equal(data.begin(), data.end(), opened->begin()));
  }
}

TEST(rsa_pad, keeps_zeros_at_the_front_and_the_end_of_the_data) {
  const bytes data(100);
  const auto opened =
      rsa_unpad(rsa_pad(data, test_key().public_key(), seeded_random(2)), test_key());
  EXPECT_EQ(bytes(opened->begin(), opened->begin() + 100), data);
}

TEST(rsa_pad, ends_with_a_source_that_repeats_itself) {
  // About every second block is not below this n; the attempts must then differ.
  for (int byte = 0; byte < 256; ++byte) {
    const auto constant = [byte](byte_span out) {
      std::ranges::fill(out, static_cast<std::uint8_t>(byte));
    };
    const auto block = rsa_pad(bytes(16, 1), test_key().public_key(), constant);
    EXPECT_TRUE(rsa_unpad(block, test_key()));
  }
}

TEST(rsa_pad, any_change_is_found) {
  const auto block = rsa_pad(bytes(96, 5), test_key().public_key(), seeded_random(3));
  for (std::size_t at = 0; at < block.size(); at += 15) {
    auto changed = block;
    changed[at] ^= 1;
    EXPECT_EQ(rsa_unpad(changed, test_key()).error(), security_errc::rsa_mismatch) << at;
  }
  EXPECT_EQ(rsa_unpad(bytes(255), test_key()).error(), security_errc::rsa_mismatch);
  EXPECT_EQ(rsa_unpad(bytes(256), test_key()).error(), security_errc::rsa_mismatch);
}

TEST(rsa_pad, too_much_data_is_a_mistake_of_the_caller) {
  const random_source random = seeded_random(4);
  EXPECT_THROW(rsa_pad(bytes(145), test_key().public_key(), random), std::length_error);
  EXPECT_THROW(rsa_sha1_pad(bytes(236), test_key().public_key(), random), std::length_error);
}

TEST(rsa_sha1_pad, is_undone_and_knows_the_length_of_its_data) {
  const random_source random = seeded_random(5);
  for (const std::size_t size : {std::size_t{0}, std::size_t{96}, rsa_sha1_max_data}) {
    bytes data(size);
    random(data);
    const auto opened =
        rsa_sha1_unpad(rsa_sha1_pad(data, test_key().public_key(), random), test_key());
    ASSERT_TRUE(opened);
    EXPECT_TRUE(std::equal(data.begin(), data.end(), opened->data.begin()));
    EXPECT_TRUE(opened->matches(size));
    EXPECT_FALSE(opened->matches(size + 1));
  }
}

TEST(rsa_sha1_pad, other_paddings_do_not_pass_for_it) {
  const random_source random = seeded_random(6);
  int refused = 0;
  for (int run = 0; run < 16; ++run) {
    const auto opened =
        rsa_sha1_unpad(rsa_pad(bytes(96, 1), test_key().public_key(), random), test_key());
    if (!opened) {
      EXPECT_EQ(opened.error(), security_errc::rsa_mismatch);
      ++refused;
    } else {
      EXPECT_FALSE(opened->matches(96));
    }
  }
  // The first byte tells them apart in all but one of 256.
  EXPECT_GE(refused, 12);
}

}  // namespace
}  // namespace mtfetch::crypto
