// SPDX-License-Identifier: BSL-1.0
// Sessions that other hands wrote, into ours and back: known answers, files by Telethon and
// Pyrogram themselves, tdata by make_fixtures.py.
#include "mtproto/client/import/formats.hpp"
#include "mtproto/client/session_store.hpp"
#include "mtproto/tl/base64.hpp"
#include "mtproto/tl/hex.hpp"
#include "tests/client/import/known_strings.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mtfetch/error.hpp>
#include <mtfetch/foreign_session.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

using namespace mtfetch;
using namespace mtfetch::import_test;

namespace {

const std::filesystem::path data = std::filesystem::path(MTFETCH_TEST_DATA) / "import" / "data";

std::array<std::uint8_t, 256> known_key() {
  std::array<std::uint8_t, 256> key{};
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  return key;
}

std::array<std::uint8_t, 256> reversed_key() {
  auto key = known_key();
  std::ranges::reverse(key);
  return key;
}

template <class Call>
std::string refusal(Call&& call, std::error_code code = storage_errc::bad_session_file) {
  try {
    call();
  } catch (const error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

bool says(const std::string& sentence, std::string_view part) {
  return sentence.find(part) != std::string::npos;
}

// mtcute's vectors with a whole key in place of their stub.
std::string with_key(const char* stub) {
  bytes raw = *tl::from_base64(stub);
  raw.resize(raw.size() - 36);
  for (const int byte : {0xfe, 0x00, 0x01, 0x00}) raw.push_back(static_cast<std::uint8_t>(byte));
  const auto key = known_key();
  raw.insert(raw.end(), key.begin(), key.end());
  return tl::to_base64(raw);
}

cached_peer peer(cached_peer::kind type, std::int64_t id, std::int64_t hash, const char* name) {
  return {type, id, hash, name};
}

TEST(session_strings, of_telethon) {
  const foreign_session four = read_session_string(telethon_v4);
  EXPECT_EQ(four.format, session_format::telethon_string);
  EXPECT_EQ(four.home.dc, 2);
  EXPECT_EQ(four.home.key, known_key());
  EXPECT_EQ(four.ip, "149.154.167.40");
  EXPECT_EQ(four.port, 443);
  EXPECT_EQ(read_session_string(telethon_v6).ip, "2001:b28:f23d:f001::e");
  for (const char* text : {telethon_v4, telethon_v6}) {
    EXPECT_EQ(to_telethon_string(read_session_string(text), network::test_dcs()), text);
  }
}

TEST(session_strings, of_pyrogram_in_its_three_sizes) {
  const foreign_session now = read_session_string(pyrogram_new);
  EXPECT_EQ(now.format, session_format::pyrogram_string);
  EXPECT_EQ(now.api_id, 12345);
  for (const char* text : {pyrogram_new, pyrogram_old64, pyrogram_old32}) {
    const foreign_session read = read_session_string(text);
    EXPECT_EQ(read.home.dc, 2);
    EXPECT_EQ(read.home.key, known_key());
    EXPECT_EQ(read.test, true);
    EXPECT_EQ(read.bot, false);
    EXPECT_EQ(read.user_id, text == pyrogram_old32 ? 1234567 : 5000801609);
  }
}

TEST(session_strings, of_mtkruto) {
  const foreign_session read = read_session_string(mtkruto);
  EXPECT_EQ(read.format, session_format::mtkruto_string);
  EXPECT_EQ(read.home.dc, 2);
  EXPECT_EQ(read.test, true);
  EXPECT_EQ(read.home.key, known_key());
}

TEST(session_strings, of_gramjs_are_told_from_telethons_of_the_same_length) {
  bytes raw = {2, 0, 14};
  const byte_view ip = as_bytes("149.154.167.50");
  raw.insert(raw.end(), ip.begin(), ip.end());
  raw.push_back(1);
  raw.push_back(0xbb);
  const auto key = known_key();
  raw.insert(raw.end(), key.begin(), key.end());
  ASSERT_EQ(raw.size(), 275u);
  const foreign_session read = read_session_string("1" + tl::to_base64(raw));
  EXPECT_EQ(read.format, session_format::gramjs_string);
  EXPECT_EQ(read.ip, "149.154.167.50");
  EXPECT_EQ(read.port, 443);
  EXPECT_EQ(read.home.key, known_key());
}

TEST(session_strings, of_mtcute) {
  for (const char* stub : {mtcute_127, mtcute_128, mtcute_129, mtcute_130, mtcute_131, mtcute_132,
                           mtcute_133, mtcute_134}) {
    EXPECT_TRUE(says(refusal([&] { (void)read_session_string(stub); }), "32 bytes"));
    const foreign_session read = read_session_string(with_key(stub));
    EXPECT_EQ(read.format, session_format::mtcute_string);
    EXPECT_EQ(read.home.dc, 2);
    EXPECT_EQ(read.home.key, known_key());
    EXPECT_EQ(read.ip, "149.154.167.50");
    EXPECT_EQ(read.test, stub == mtcute_130 || stub == mtcute_134);
    const bool known =
        stub == mtcute_129 || stub == mtcute_130 || stub == mtcute_133 || stub == mtcute_134;
    EXPECT_EQ(read.user_id, known ? 12345 : 0);
    EXPECT_EQ(read.bot.has_value(), known);
  }
  // What is written without a media data centre is what mtcute wrote.
  std::string expected = with_key(mtcute_128);
  std::ranges::replace(expected, '+', '-');
  std::ranges::replace(expected, '/', '_');
  expected.resize(expected.find_last_not_of('=') + 1);
  EXPECT_EQ(to_mtcute_string(read_session_string(expected), network::production()), expected);
}

TEST(session_strings, that_are_none_are_refused_without_being_repeated) {
  for (const std::string& text :
       {std::string(), std::string("  "), std::string("hello"), std::string(telethon_v4, 200),
        std::string(pyrogram_new, 361), std::string(9000, 'A'), std::string(351, 'A'),
        "1" + std::string(352, 'A'), std::string("AA"), std::string(telethon_v4) + "!"}) {
    const std::string sentence = refusal([&] { (void)read_session_string(text); });
    EXPECT_TRUE(text.size() < 5 || !says(sentence, text.substr(0, 5))) << sentence;
  }
  EXPECT_EQ(read_session_string(std::string("\n ") + telethon_v4 + " \r\n").home.dc, 2);
}

TEST(session_files, of_telethon) {
  const auto read = read_session_file(data / "telethon.session");
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].format, session_format::telethon_file);
  EXPECT_EQ(read[0].home.dc, 2);
  EXPECT_EQ(read[0].home.key, known_key());
  EXPECT_EQ(read[0].ip, "149.154.167.50");
  EXPECT_EQ(read[0].user_id, 777000123);
  const auto& peers = read[0].peers;
  EXPECT_NE(std::ranges::find(peers, peer(peer_kind::channel, 1234, -99, "files")), peers.end());
  EXPECT_NE(std::ranges::find(peers, peer(peer_kind::user, 4242, 7, "ada")), peers.end());
}

TEST(session_files, of_pyrogram) {
  const auto read = read_session_file(data / "pyrogram.session");
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].format, session_format::pyrogram_file);
  EXPECT_EQ(read[0].home.dc, 4);
  EXPECT_EQ(read[0].home.key, known_key());
  EXPECT_EQ(read[0].user_id, 5000801609);
  EXPECT_EQ(read[0].api_id, 12345);
  EXPECT_EQ(read[0].bot, true);
  EXPECT_EQ(read[0].test, false);
  const auto& peers = read[0].peers;
  EXPECT_NE(std::ranges::find(peers, peer(peer_kind::channel, 1234, -99, "files")), peers.end());
}

TEST(session_files, that_are_damaged_or_others_are_refused) {
  const tests::temporary_folder folder;
  const auto file = folder / "session";
  tests::write_file(file, "a letter to grandmother");
  refusal([&] { (void)read_session_file(file); });
  refusal([&] { (void)read_session_file(folder / "nowhere"); });
  refusal([&] { (void)read_session_file(folder.path()); });
  std::string whole = tests::read_file(data / "telethon.session");
  for (std::size_t at = 100; at < whole.size(); at += 97) {
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    tests::write_file(file, bad);
    try {
      (void)read_session_file(file);
    } catch (const error& e) {
      EXPECT_EQ(e.code(), storage_errc::bad_session_file);
    }
  }
  tests::write_file(file, whole);
  tests::write_file(folder / "session-wal", "something");
  EXPECT_TRUE(says(refusal([&] { (void)read_session_file(file); }), "Close that first"));
}

TEST(tdata, keys_and_names_are_the_known_ones) {
  bytes salt(32);
  std::iota(salt.begin(), salt.end(), std::uint8_t{0});
  const byte_view old_salt = as_bytes("salt");
  EXPECT_EQ(tl::to_hex(foreign::tdata_passcode_key({}, salt)), passcode_key);
  EXPECT_EQ(tl::to_hex(foreign::tdata_legacy_passcode_key({}, old_salt)), legacy_empty);
  EXPECT_EQ(tl::to_hex(foreign::tdata_legacy_passcode_key(as_bytes("pass"), old_salt)),
            legacy_pass);
  EXPECT_EQ(foreign::tdata_account_name(0), "D877F783D5D3EF8C");
  EXPECT_EQ(foreign::tdata_account_name(1), "A7FDF864FBC10B77");
  EXPECT_EQ(foreign::tdata_account_name(2), "F8806DD0C461824F");
}

TEST(tdata, known_answer_is_read_and_every_changed_byte_is_found) {
  bytes key_file = *tl::from_hex(key_datas);
  bytes account = *tl::from_hex(account_file);
  const auto files = [&](const std::string& name) -> std::optional<bytes> {
    if (name == "key_datas") return key_file;
    if (name == "D877F783D5D3EF8Cs") return account;
    return std::nullopt;
  };
  const auto read = foreign::read_tdata(files, "", "tdata");
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].user_id, 777000123);
  EXPECT_EQ(read[0].home.dc, 2);
  EXPECT_EQ(read[0].home.key, known_key());
  EXPECT_TRUE(says(
      refusal([&] { (void)foreign::read_tdata(files, "x", "tdata"); }, client_errc::bad_config),
      "wrong passcode"));
  for (bytes* file : {&key_file, &account}) {
    for (std::size_t i = 0; i < file->size(); ++i) {
      (*file)[i] ^= 1;
      refusal([&] { (void)foreign::read_tdata(files, "", "tdata"); });
      (*file)[i] ^= 1;
    }
  }
}

TEST(tdata, of_several_accounts_with_a_passcode) {
  const auto folder = data / "tdata_two";
  const auto read = read_session_file(folder, "123123");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].user_id, 777000123);
  EXPECT_EQ(read[0].home.key, known_key());
  ASSERT_EQ(read[0].elsewhere.size(), 1u);
  EXPECT_EQ(read[0].elsewhere[0].dc, 4);
  EXPECT_EQ(read[1].user_id, 5000801609);
  EXPECT_EQ(read[1].home.dc, 4);
  EXPECT_EQ(read[1].home.key, reversed_key());
  for (const char* passcode : {"", "123124"}) {
    refusal([&] { (void)read_session_file(folder, passcode); }, client_errc::bad_config);
  }
}

TEST(tdata, of_old_versions) {
  const auto read = read_session_file(data / "tdata_old", "pass");
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].user_id, 777000123);
  EXPECT_EQ(read[0].home.dc, 2);
  EXPECT_EQ(read[0].home.key, known_key());
}

TEST(import_session, writes_what_the_client_needs_and_export_reads_it) {
  const tests::temporary_folder folder;
  const auto file = folder / "session";
  const network known = network::production();
  import_session(read_session_file(data / "telethon.session")[0], file, known);
  {
    const storage::session_store store(file, known.name);
    EXPECT_EQ(store.read_login(), (storage::login{2, 777000123, false}));
    const auto key = store.read_key(2);
    ASSERT_TRUE(key);
    EXPECT_TRUE(key->authorized);
    EXPECT_EQ(store.find_peer("files"), peer(peer_kind::channel, 1234, -99, "files"));
  }
  const foreign_session out = export_session(file, known);
  EXPECT_EQ(out.home.key, known_key());
  EXPECT_EQ(read_session_string(to_telethon_string(out, known)).home, out.home);
  const foreign_session again = read_session_string(to_mtcute_string(out, known));
  EXPECT_EQ(again.user_id, 777000123);
  EXPECT_EQ(again.test, false);
}

TEST(import_session, keeps_networks_apart_and_a_login_that_is_there) {
  const tests::temporary_folder folder;
  const auto file = folder / "session";
  const foreign_session test = read_session_string(pyrogram_new);
  const foreign_session by_address = read_session_string(telethon_v4);
  for (const foreign_session& each : {test, by_address}) {
    refusal([&] { import_session(each, file, network::production()); }, client_errc::bad_config);
    EXPECT_FALSE(std::filesystem::exists(file));
  }
  const auto real = read_session_file(data / "telethon.session")[0];
  refusal([&] { import_session(real, file, network::test_dcs()); }, client_errc::bad_config);
  import_session(by_address, file, network::test_dcs());  // which does not say whose it is
  refusal([&] { import_session(test, file, network::test_dcs()); }, client_errc::bad_config);
  import_session(test, file, network::test_dcs(), true);
  EXPECT_EQ(export_session(file, network::test_dcs()).user_id, 5000801609);
  refusal([&] { (void)export_session(folder / "none", network::test_dcs()); },
          client_errc::not_signed_in);
}

}  // namespace
