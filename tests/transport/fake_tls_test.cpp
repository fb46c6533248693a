// SPDX-License-Identifier: BSL-1.0
// Fake TLS against known answers, a strict server, and a server that lies.
#include "mtproto/transport/fake_tls.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <numeric>
#include <set>

#include "mtproto/crypto/hmac.hpp"
#include "tests/proxy/fake_tls_server.hpp"
#include "tests/transport/layer_fixture.hpp"

namespace mtfetch::transport {
namespace {

using proxy_test::client_hello;
using proxy_test::fake_tls_server;
using proxy_test::is_grease;
using proxy_test::read_client_hello;

constexpr std::uint32_t noon = 1700000000;

proxy_secret secret_for(std::string_view domain, std::uint8_t last = 1) {
  proxy_secret out;
  out.how = proxy_secret::look::fake_tls;
  out.key.back() = last;
  out.domain = domain;
  return out;
}

fake_tls_server::options server_for(const proxy_secret& secret) {
  fake_tls_server::options out;
  out.key = secret.key;
  out.domain = secret.domain;
  out.unixtime = noon;
  out.random = seeded(7);
  return out;
}

const std::pair<const char*, hello_shape> every_shape[] = {{"classic", shapes::classic},
                                                           {"current", shapes::current}};

// What makes the hello of the known answer: nothing is shuffled, and the keys are counted up.
hello_draws known_draws() {
  hello_draws out;
  const auto counted = [](std::uint8_t first) {
    return [first](byte_span to) { std::iota(to.begin(), to.end(), first); };
  };
  out.random = counted(0);
  out.x25519 = counted(0x40);
  out.grease = {0x1a, 0x0a, 0x2a, 0x3a, 0x4a, 0x5a, 0x6a, 0x7a};
  out.order = [](std::size_t n) {
    std::vector<std::size_t> made(n);
    std::iota(made.begin(), made.end(), std::size_t{0});
    return made;
  };
  return out;
}

bytes known_hello(std::string_view random) {
  bytes out = from_hex(
      "1603010200010001fc0303" + std::string(random) +
      "20000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00201a1a130113021303c02bc0"
      "2fc02cc030cca9cca8c013c014009c009d002f0035010001932a2a000000000010000e00000b6578616d706c652e"
      "636f6d000500050100000000000a000a00084a4a001d00170018000b00020100000d001200100403080404010503"
      "08050501080606010010000e000c02683208687474702f312e310012000000170000001b00030200020023000000"
      "2b0007066a6a03040303002d000201010033002b00294a4a000100001d0020404142434445464748494a4b4c4d4e"
      "4f505152535455565758595a5b5c5d5e5f446900050003026832ff010001003a3a000100001500cc");
  out.resize(517);
  return out;
}

const std::string known_random = "fe963ff7883f4ce0eb8788deeecbcaa340894ef6842c4de16bafc360738792a1";
const std::string known_server_hello =
    "160303007a02000076030337464bffeed6ceb383da036335ecf45c0e08e368cf27cf3ecfefd72a56263c35200001"
    "02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f130100002e00330024001d0020606162"
    "636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f002b000203041403030001011703030040"
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacad"
    "aeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf";

fake_tls_client known_client() {
  return fake_tls_client(secret_for("example.com"), noon, known_draws(), shapes::classic);
}

TEST(fake_tls, says_the_known_hello) {
  const hello_draws drawn = known_draws();
  EXPECT_EQ(build_hello(shapes::classic, "example.com", drawn), known_hello(std::string(64, '0')));
  bytes wire;
  known_client().start(wire);
  EXPECT_EQ(tl::to_hex(wire), tl::to_hex(known_hello(known_random)));
}

TEST(fake_tls, takes_the_known_answer_however_it_is_cut) {
  bytes answer = from_hex(known_server_hello + "1703030003616263" + "1703030000" + "170303000164");
  feed_at_every_cut(known_client, answer, [](const fake_tls_client& one, const fed& outcome) {
    EXPECT_FALSE(outcome.failed);
    EXPECT_TRUE(one.is_open());
    EXPECT_EQ(outcome.plain, text("abcd"));
  });
}

TEST(fake_tls, believes_a_real_proxys_answer) {
  std::ifstream file(MTFETCH_TEST_DATA "/fake_tls_server_hello.hex");
  std::string digits;
  for (std::string line; std::getline(file, line);) digits += line;
  const bytes records = from_hex(digits);
  ASSERT_EQ(records.size(), 4286u);
  const bytes random = from_hex("a132e3916083b314c1b974d05785e8ee70456e5f866d9657d50a5c08ea38318e");
  const proxy_secret secret = secret_for("any.example");
  bytes copy = records;
  EXPECT_TRUE(proves_secret(secret.key, random, copy));
  for (const std::size_t flipped :
       {std::size_t{11}, std::size_t{42}, std::size_t{60}, std::size_t{130}, std::size_t{4285}}) {
    copy = records;
    copy[flipped] ^= 1;
    EXPECT_FALSE(proves_secret(secret.key, random, copy)) << flipped;
  }
  copy = records;
  EXPECT_FALSE(proves_secret(secret_for("any.example", 2).key, random, copy));
}

TEST(fake_tls, refuses_every_bit_flipped_in_the_answer) {
  const bytes answer = from_hex(known_server_hello);
  for (std::size_t i = 0; i < answer.size(); ++i) {
    bytes bad = answer;
    bad[i] ^= 1;
    fake_tls_client one = known_client();
    fed outcome = feed(one, bad, 0);
    // A length that grew makes it wait: more bytes must not help it.
    if (!outcome.failed)
      outcome.failed = one.receive(bytes(20000, 0x17), outcome.plain, outcome.wire);
    EXPECT_EQ(outcome.failed.category(), proxy_category()) << i;
    EXPECT_FALSE(one.is_open()) << i;
    EXPECT_TRUE(outcome.plain.empty()) << i;
  }
}

TEST(fake_tls, waits_for_all_three_records) {
  const bytes answer = from_hex(known_server_hello);
  for (std::size_t size = 0; size < answer.size(); ++size) {
    fake_tls_client one = known_client();
    EXPECT_FALSE(feed(one, byte_view(answer).first(size), 0).failed) << size;
    EXPECT_FALSE(one.is_open()) << size;
  }
}

std::error_code answered(std::string_view hex) {
  std::error_code end;
  feed_at_every_cut(known_client, from_hex(hex), [&](const fake_tls_client& one, const fed& got) {
    EXPECT_FALSE(one.is_open());
    end = got.failed;
  });
  return end;
}

TEST(fake_tls, knows_what_is_no_fake_tls) {
  EXPECT_EQ(answered("48545450"), proxy_errc::not_this_kind);
  EXPECT_EQ(answered("15030300020228"), proxy_errc::not_this_kind);  // an alert
  EXPECT_EQ(answered("160301"), proxy_errc::not_this_kind);
  EXPECT_EQ(answered("160303ffff"), proxy_errc::bad_record);
  EXPECT_EQ(answered("1603030000"), proxy_errc::bad_record);
}

// A record after the handshake that ends the connection.
std::error_code end_of_stream(std::string_view hex) {
  fake_tls_client one = known_client();
  fed outcome = feed(one, from_hex(known_server_hello), 0);
  EXPECT_TRUE(one.is_open());
  return one.receive(from_hex(hex), outcome.plain, outcome.wire);
}

TEST(fake_tls, takes_nothing_but_data_afterwards) {
  EXPECT_EQ(end_of_stream("140303000101"), proxy_errc::bad_record);
  EXPECT_EQ(end_of_stream("15030300020100"), proxy_errc::bad_record);
  EXPECT_EQ(end_of_stream("16"), proxy_errc::bad_record);
  EXPECT_EQ(end_of_stream("170301"), proxy_errc::bad_record);
  EXPECT_EQ(end_of_stream("1703034101"), proxy_errc::bad_record);  // 16641
  EXPECT_FALSE(end_of_stream("1703034100"));                       // 16640
}

TEST(fake_tls, both_ends_understand_each_other_in_every_shape) {
  for (const auto& [name, shape] : every_shape) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE(name);
      SCOPED_TRACE(seed);
      const proxy_secret secret = secret_for("www.example.com");
      fake_tls_client near(secret, noon, seeded(seed), shape);
      fake_tls_server::options how = server_for(secret);
      if (seed % 2 == 0) how.record_size = seed;
      fake_tls_server far(how);
      bytes up;
      bytes down;
      bytes plain;
      near.start(up);
      ASSERT_FALSE(far.receive(up, plain, down));
      ASSERT_FALSE(near.receive(down, plain, up));
      ASSERT_TRUE(near.is_open());
      ASSERT_TRUE(plain.empty());

      const bytes asked = some_packet(100'000);
      up.clear();
      near.send(byte_view(asked).first(70), up);
      EXPECT_EQ(tl::to_hex(byte_view(up).first(11)), "1403030001011703030046");
      near.send(byte_view(asked).subspan(70), up);
      bytes got;
      ASSERT_FALSE(far.receive(up, got, down));
      EXPECT_EQ(got, asked);

      down.clear();
      far.send(asked, down);
      got.clear();
      for (std::size_t at = 0; at < down.size(); at += 1000) {
        const std::size_t n = std::min<std::size_t>(1000, down.size() - at);
        ASSERT_FALSE(near.receive(byte_view(down).subspan(at, n), got, up));
      }
      EXPECT_EQ(got, asked);
    }
  }
}

TEST(fake_tls, sends_records_of_at_most_2878_bytes) {
  fake_tls_client one = known_client();
  feed(one, from_hex(known_server_hello), 0);
  bytes wire;
  one.send(some_packet(2878 * 2 + 1), wire);
  std::vector<std::size_t> sizes;
  for (std::size_t at = 6; at < wire.size();) {
    ASSERT_EQ(wire[at], 0x17);
    sizes.push_back(std::size_t{wire[at + 3]} << 8 | wire[at + 4]);
    at += 5 + sizes.back();
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2878, 2878, 1}));
}

std::error_code server_says(hello_shape shape, const proxy_secret& theirs,
                            std::uint32_t client_time) {
  fake_tls_client near(secret_for("www.example.com"), client_time, seeded(1), shape);
  fake_tls_server far(server_for(theirs));
  bytes up;
  bytes ignored;
  near.start(up);
  return far.receive(up, ignored, ignored);
}

TEST(fake_tls_server, is_as_strict_as_it_says) {
  const proxy_secret right = secret_for("www.example.com");
  for (const auto& [name, shape] : every_shape) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(server_says(shape, right, noon));
    EXPECT_FALSE(server_says(shape, right, noon - 599));
    EXPECT_FALSE(server_says(shape, right, noon + 3));
    EXPECT_EQ(server_says(shape, right, noon - 600), security_errc::stale_message);
    EXPECT_EQ(server_says(shape, right, noon + 4), security_errc::stale_message);
    EXPECT_EQ(server_says(shape, secret_for("www.example.com", 2), noon), proxy_errc::wrong_secret);
    EXPECT_EQ(server_says(shape, secret_for("www.example.org"), noon), proxy_errc::bad_record);

    std::set<bytes> seen;
    fake_tls_server::options how = server_for(right);
    how.is_new = [&seen](byte_view digest) {
      return seen.emplace(digest.begin(), digest.end()).second;
    };
    bytes up;
    bytes ignored;
    fake_tls_client(right, noon, seeded(1), shape).start(up);
    EXPECT_FALSE(fake_tls_server(how).receive(up, ignored, ignored));
    EXPECT_EQ(fake_tls_server(how).receive(up, ignored, ignored), security_errc::replayed_message);
    // Whose digest is no digest of it, by a bit anywhere in the record.
    for (std::size_t at = 5; at < up.size(); at += 23) {
      bytes forged = up;
      forged[at] ^= 1;
      EXPECT_TRUE(fake_tls_server(server_for(right)).receive(forged, ignored, ignored)) << at;
    }
  }
}

bytes hello_of(hello_shape shape, std::uint32_t seed, std::string_view domain = "example.com") {
  bytes wire;
  fake_tls_client(secret_for(domain), noon, seeded(seed), shape).start(wire);
  return wire;
}

TEST(hello_shapes, are_whole_for_domains_of_every_length) {
  for (const auto& [name, shape] : every_shape) {
    for (std::size_t size = 4; size <= 182; ++size) {
      SCOPED_TRACE(name);
      const std::string domain(size, 'd');
      const client_hello said = read_client_hello(hello_of(shape, 1, domain));
      EXPECT_EQ(said.domain, domain);
    }
  }
}

TEST(hello_shapes, have_the_size_of_their_browser) {
  for (const std::size_t size : {4u, 11u, 182u}) {
    EXPECT_EQ(hello_of(shapes::classic, 1, std::string(size, 'd')).size(), 517u);
  }
  std::set<std::size_t> sizes;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    sizes.insert(hello_of(shapes::current, seed).size());
  }
  // ECH's payload has one of four sizes.
  EXPECT_EQ(sizes.size(), 4u);
  EXPECT_GT(*sizes.begin(), 1650u);
  EXPECT_LT(*sizes.rbegin(), 1850u);
}

TEST(hello_shapes, put_the_same_extensions_in_another_order) {
  for (const auto& [name, shape] : every_shape) {
    SCOPED_TRACE(name);
    std::set<std::vector<std::uint16_t>> orders;
    std::set<std::vector<std::uint16_t>> sorted;
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
      std::vector<std::uint16_t> order = read_client_hello(hello_of(shape, seed)).extensions;
      EXPECT_TRUE(is_grease(order.front()));
      // The last is GREASE too, or the padding behind it.
      const std::uint16_t last = order.back() == 0x0015 ? order[order.size() - 2] : order.back();
      EXPECT_TRUE(is_grease(last));
      EXPECT_NE(order.front(), last);
      std::erase_if(order, is_grease);
      orders.insert(order);
      std::ranges::sort(order);
      sorted.insert(order);
    }
    EXPECT_GT(orders.size(), 25u);
    EXPECT_EQ(sorted.size(), 1u);
  }
}

TEST(hello_shapes, share_keys_that_a_server_could_use) {
  const client_hello said = read_client_hello(hello_of(shapes::current, 3));
  ASSERT_EQ(said.shares.size(), 3u);
  EXPECT_TRUE(is_grease(said.shares[0].first));
  EXPECT_EQ(said.shares[1].first, 0x11ec);
  ASSERT_EQ(said.shares[1].second.size(), 1216u);
  EXPECT_EQ(said.shares[2].first, 0x001d);
  EXPECT_EQ(said.shares[2].second.size(), 32u);
  const byte_view key = said.shares[1].second;
  unsigned most = 0;
  for (std::size_t i = 0; i < 1152; i += 3) {
    const unsigned a = key[i] | (key[i + 1] & 0x0fU) << 8;
    const unsigned b = key[i + 1] >> 4 | unsigned{key[i + 2]} << 4;
    most = std::max({most, a, b});
  }
  EXPECT_LT(most, 3329u);
  EXPECT_GT(most, 3000u);
}

}  // namespace
}  // namespace mtfetch::transport
