// SPDX-License-Identifier: BSL-1.0
#include "tests/session/vectors.hpp"

#include <string>
#include <string_view>

namespace mtfetch::session::testing {

namespace {

bytes hex(std::string_view text) {
  bytes data;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    data.push_back(
        static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return data;
}

std::array<std::uint8_t, 256> key_bytes(const bytes& data) {
  std::array<std::uint8_t, 256> key{};
  std::ranges::copy(data, key.begin());
  return key;
}

// Eight times the same 32 bytes.
std::array<std::uint8_t, 256> repeated_key() {
  std::string text;
  for (int i = 0; i < 8; ++i) {
    text += "98cb29c6ffa89e79da695a54f572e6cb101e81c688b63a4bf73c3622dec230e0";
  }
  return key_bytes(hex(text));
}

// The bytes 00 to ff.
std::array<std::uint8_t, 256> counting_key() {
  std::array<std::uint8_t, 256> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  return key;
}

const std::array<std::uint8_t, 256> captured_key = key_bytes(hex(
    "5d2e7d65f49ec28bd029a88761ea27b8a4c79f12226525443e7d7c596ef3303530db2107e89aa997c7a0164ab694"
    "187adeff156bd6ef7118a1962347753c0e7e89a0354b8ec364f9997e71bc6923fb86e8e43491e010606a6ce845e2"
    "fa01940977ef0aa32adf5a97dbf6d428ec0434d717a2d3ad19622cc05887642113c7965ffb862a3e3ccb0ab95add"
    "da57f89245dbd76b492348f8e94bd5a7c0e0b84808523cfd1ea80b32fe9ad198bc2e103fceb7d52492ecc0273a28"
    "674bc923eee59265ab17a002df1f4aa2c59b819a5e5e1d105ec117336f5c76c6b187037d4b4270cee9cc21071d97"
    "e9bca220c6d7b01b998cf2e5cdb9a50ecda1852a36e635690c8e"));

constexpr auto known_session = static_cast<std::int64_t>(0xbeeffeedfeedbeefu);

}  // namespace

const known_packet sealed_by_client{
    "a packet of a client",
    repeated_key(),
    hex("40fa5bb7cb56a895f6f5a88914892aadf87c68031cc953ba29d68e118021f329be386a620d49f3ad3a50c60d"
        "cef3733f214e8cefa3e403c11d193637d4971dc15db7f74b26fd16cb0e8fee30bf7e3f68858fe82927e2cd06"),
    hex("efbeaddeaddeefbeefbeedfeedfeefbe3412efbeefbe3412090300001000000068656c6c6f2c20776f726c64"
        "2121212129afd26df40fb8ed10b6b4ad6d56ef5d"),
    {},
    true};

const known_packet hello{
    "Hello, world! with 19 zero bytes of padding",
    counting_key(),
    hex("32d1586ea457dfc8a81729d46db54019a2bfd7f744f9b96c4f716cfdc4477db2a2c15f6ddb85235fb9552f1d"
        "8407c6aaea00cc844c5a1bf6ac44b79b5edc2a23868b3d6073a590992c0f2975243d563ea180d218ee757c9a"),
    hex("48656c6c6f2c20776f726c6421205468697320646174612073686f756c642072656d61696e20736563757265"
        "2100000000000000000000000000000000000000"),
    {},
    true};

const known_packet captured{
    "new_session_created and pong, as Telegram sent them",
    captured_key,
    hex("7a7183c2c10e4f4df945fa9a9abd35e7c3840b61f045304f39674c19c0e209784f50f6226a073529d675c92c"
        "bf0bfa8c99a79b3f39c72a5d9a026d431ab7407ca04ecc55187d6c45f17871524edd90cea02ed728e14d7cb1"
        "8aea2a636158f09459a9437710d894c79f368c4e8164b7647ea98612aefe942c5d92121acb8db02dccceb66d"
        "0f8720ac12a06db0582bfd955be34f365118e3bab8cd080ce6b45b28eac56dcd2a29374e"),
    hex("fc826a02248b28fd60f2c4822443ad6801f0c1c2918b305e0200000058000000dcf8f1730200000001a8c1c2"
        "918b305e010000001c0000000809c29ec4fd33ad918b305e18a88ea607ee5816fc826a02248b28fd01ccc1c2"
        "918b305e0200000014000000c5737734c4fd33ad918b305e6408300000000000fce66704a3cd8ee9d0ae6fab"
        "672c60c04a3f1fd4490e51f6"),
    {},
    true};

const std::vector<known_packet> from_server{
    captured,
    {"right",
     repeated_key(),
     hex("40fa5bb7cb56a8950c394b884f1529efc42fea22d972fea650a714ce6d2d1bdb3d98ff5929b8768c401771"
         "a69795f36a7e720dcafac2efbccd0ba368e8a7f48b07362cac1a32ffcabe188b51a36cc4d54e1d0633cf9e"
         "af35"),
     hex("efbeaddeaddeefbeefbeedfeedfeefbe3412efbeefbe3412090300001000000068656c6c6f2c20776f726c"
         "642121212129afd26df40fb8ed10b6b4ad6d56ef5d"),
     {known_session},
     true},
    {"another session id",
     repeated_key(),
     hex("40fa5bb7cb56a895a986a7e97f4e90aa2769b5e702c6e86f5e1e82c6ff0c68292521a2ba9704fa37fb341d"
         "895cf32662c6cf47ba31cbf27c30d5c03f6c2930f430fd8858b836b73fe32d4a95b8ebcdbc9ca8908f7964"
         "c40a"),
     hex("efbeaddeaddeefbeedfeefbeefbeedfe3412efbeefbe3412090300001000000068656c6c6f2c20776f726c"
         "642121212129afd26df40fb8ed10b6b4ad6d56ef5d"),
     {known_session},
     false},
    {"a length past the end",
     repeated_key(),
     hex("40fa5bb7cb56a8950d19412233dd5d24be697c73274e08fbe515cf65e0c5f70cad75fd2badc18c9f999f28"
         "7351144eeb1cfcaa9bea33ef5058999ad96a49830608d2859425685a55b21fab413bfabc42ec5da283853b"
         "28c0"),
     hex("efbeaddeaddeefbeefbeedfeedfeefbe3412efbeefbe3412090300007f96980068656c6c6f2c20776f726c"
         "642121212129afd26df40fb8ed10b6b4ad6d56ef5d"),
     {known_session},
     false},
    {"msg_key of zeros",
     repeated_key(),
     hex("40fa5bb7cb56a8950000000000000000000000000000000050a714ce6d2d1bdb3d98ff5929b8768c401771"
         "a69795f36a7e720dcafac2efbccd0ba368e8a7f48b07362cac1a32ffcabe188b51a36cc4d54e1d0633cf9e"
         "af35"),
     hex(""),
     {known_session},
     false},
};

}  // namespace mtfetch::session::testing
