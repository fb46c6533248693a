// SPDX-License-Identifier: BSL-1.0
// Obfuscated2 against known answers, and what its 64 bytes may not begin with.
#include "mtproto/transport/obfuscation.hpp"

#include <gtest/gtest.h>

#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

struct greeting_case {
  const char* name;
  std::string_view random;
  framing kind;
  std::int16_t dc;
  std::string_view secret;
  std::string_view last_16;  // bytes 48..63 of what is sent; the ones before are the random ones
};

constexpr std::string_view all_ff =
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
constexpr std::string_view all_61 =
    "6161616161616161616161616161616161616161616161616161616161616161"
    "6161616161616161616161616161616161616161616161616161616161616161";
constexpr std::string_view mixed =
    "29afd26df40fb8ed10b6b4ad6d56ef5df9453f88e6ee6adb6e0544ba635dc6a8"
    "a990c9b8b980c343936b33fa7f97bae025102532233abb269c489920ef99021b";
constexpr std::string_view zero_secret = "00000000000000000000000000000000";

constexpr greeting_case cases[] = {
    {"ff, no proxy", all_ff, framing::intermediate, 0, "", "fffffffffffffffffce8ab2203db2bff"},
    {"ff, proxy, dc 1", all_ff, framing::intermediate, 1, zero_secret,
     "ffffffffffffffffecec4cbda8bb188b"},
    {"ff, proxy, dc 10001", all_ff, framing::intermediate, 10001, zero_secret,
     "ffffffffffffffffecec4cbdb89c188b"},
    {"ff, proxy, dc -1", all_ff, framing::intermediate, -1, zero_secret,
     "ffffffffffffffffecec4cbd5644188b"},
    {"mixed, no proxy", mixed, framing::intermediate, 0, "", "25102532233abb26d4a1fe6d34f1ba08"},
    {"mixed, proxy", mixed, framing::intermediate, 10001, "00112233445566778899aabbccddeeff",
     "25102532233abb268a1e83d9ccbc0c15"},
    {"61, padded", all_61, framing::padded_intermediate, 2, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "6161616161616161ab4162424f66fddc"}};

TEST(obfuscation, makes_the_known_greetings) {
  for (const greeting_case& each : cases) {
    SCOPED_TRACE(each.name);
    const bytes random = from_hex(each.random);
    const greeting_bytes drawn = draw_greeting(each.kind, each.dc, scripted({random}));
    const client_obfuscation begun = begin_obfuscation(drawn, from_hex(each.secret));
    EXPECT_EQ(bytes(begun.wire.begin(), begun.wire.begin() + 48),
              bytes(random.begin(), random.begin() + 48));
    EXPECT_EQ(bytes(begun.wire.begin() + 48, begun.wire.end()), from_hex(each.last_16));
  }
}

TEST(obfuscation, is_understood_by_the_other_side) {
  for (const greeting_case& each : cases) {
    SCOPED_TRACE(each.name);
    const greeting_bytes drawn =
        draw_greeting(each.kind, each.dc, scripted({from_hex(each.random)}));
    client_obfuscation begun = begin_obfuscation(drawn, from_hex(each.secret));
    std::optional<server_obfuscation> accepted =
        accept_obfuscation(begun.wire, from_hex(each.secret));
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->kind, each.kind);
    if (each.dc != 0) {
      EXPECT_EQ(accepted->dc, each.dc);
    }
    bytes there = some_packet(1000);
    begun.ciphers.send.apply(there);
    EXPECT_NE(there, some_packet(1000));
    accepted->ciphers.receive.apply(there);
    EXPECT_EQ(there, some_packet(1000));
    accepted->ciphers.send.apply(there);
    begun.ciphers.receive.apply(there);
    EXPECT_EQ(there, some_packet(1000));
  }
}

TEST(obfuscation, goes_on_with_the_keystream_after_the_greeting) {
  stream_options options = options_of({framing::intermediate, true});
  stream client = stream::client(options, scripted({from_hex(mixed)}));
  client.greeting();
  EXPECT_EQ(framed(client, from_hex("6cfeffff")), from_hex("a1020630a410e940"));
  EXPECT_EQ(framed(client, from_hex("6cfeffff")), from_hex("f53ff53f371db495"));
  ASSERT_FALSE(deliver(client, from_hex("e8027df708ab3b5c1854be76d2df4949"), 3));
  const std::vector<received> all = drain(client);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(std::get<std::int32_t>(all[0]), -404);
  EXPECT_EQ(std::get<std::int32_t>(all[1]), -404);
}

TEST(obfuscation, draws_again_when_the_bytes_look_like_another_protocol) {
  std::vector<bytes> draws;
  for (const std::string_view prefix :
       {"ef", "48454144", "504f5354", "47455420", "4f505449", "16030102", "dddddddd", "eeeeeeee"}) {
    bytes draw = from_hex(mixed);
    std::ranges::copy(from_hex(prefix), draw.begin());
    draws.push_back(draw);
  }
  bytes zero_second_word = from_hex(mixed);
  std::fill_n(zero_second_word.begin() + 4, 4, std::uint8_t{0});
  draws.push_back(zero_second_word);
  draws.push_back(from_hex(mixed));
  const greeting_bytes drawn = draw_greeting(framing::intermediate, 0, scripted(draws));
  EXPECT_EQ(bytes(drawn.begin(), drawn.begin() + 56),
            bytes(draws.back().begin(), draws.back().begin() + 56));
}

TEST(obfuscation, is_not_accepted_without_a_tag) {
  greeting_bytes noise;
  seeded(5)(noise);
  EXPECT_FALSE(accept_obfuscation(noise));
}

TEST(obfuscation, is_not_accepted_with_another_proxy_secret) {
  const greeting_bytes drawn = draw_greeting(framing::intermediate, 0, seeded(6));
  const client_obfuscation begun = begin_obfuscation(drawn, bytes(16, 1));
  EXPECT_TRUE(accept_obfuscation(begun.wire, bytes(16, 1)));
  EXPECT_FALSE(accept_obfuscation(begun.wire, bytes(16, 2)));
  EXPECT_FALSE(accept_obfuscation(begun.wire));
}

}  // namespace
}  // namespace mtfetch::transport
