// SPDX-License-Identifier: BSL-1.0
// Files over a CDN, over real sockets and real MTProto. https://core.telegram.org/cdn
#include "downloader/transfer/cdn_cipher.hpp"
#include "mtproto/crypto/sha.hpp"
#include "tests/transfer/hashing_options.hpp"
#include "tests/transfer/local_cluster.hpp"

#include <mtfetch/download.hpp>
#include <mtfetch/resolve.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch {
namespace {

constexpr std::size_t mib = 1024 * 1024;

// ---- the cipher

transfer::cdn_redirect counting_redirect() {
  transfer::cdn_redirect by;
  for (std::size_t i = 0; i < by.key.size(); ++i) by.key[i] = static_cast<std::uint8_t>(i);
  for (std::size_t i = 0; i < by.iv.size(); ++i) by.iv[i] = static_cast<std::uint8_t>(0xf0 + i);
  return by;
}

std::string hex(byte_view data) {
  std::string text;
  for (const std::uint8_t byte : data) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

// Zeros at offset O encrypted by `openssl enc -aes-256-ctr -K 00..1f -iv f0..fb||BE32(O/16)`.
TEST(cdn_cipher, replaces_the_last_four_bytes_of_the_iv_by_the_number_of_the_block) {
  struct known {
    std::int64_t offset;
    const char* keystream;
  };
  const known cases[] = {
      {0LL, "a39a82e965e247cebd9e77a4bc0907eb7a81bf888cce475cb5edd41d45f6d287"},
      {131072LL, "84d1d40f300938a4770cdcf0d46ba2cc6d9b7b549a1e40cb971b60e05d94d332"},
      {4294967296LL, "eb2c1762a44bea609d6a38f10033b47da90d78541b38ffd06b6ee38efa6c5570"},
      {5371854848LL, "e56a4ce8141ab45bab5c59dec548995052fff5204a3bc779be145c4ff10e9b16"},
      {4193255424LL, "39dc49a396b13bbf7c9b475f46ebe6a40edff4a3075da4d935e5622f65a5e5f2"},
  };
  const transfer::cdn_redirect by = counting_redirect();
  for (const known& one : cases) {
    const bytes zeros(32);
    EXPECT_EQ(hex(transfer::decrypted(by, one.offset, zeros)), one.keystream) << one.offset;
  }
}

TEST(cdn_cipher, is_the_same_from_any_offset) {
  const transfer::cdn_redirect by = counting_redirect();
  const std::int64_t begin = 5LL * 1024 * 1024 * 1024 + 4096;
  const bytes zeros(200);
  const shared_bytes whole = transfer::decrypted(by, begin, zeros);
  for (std::size_t at = 0; at < 64; ++at) {
    const shared_bytes rest = transfer::decrypted(by, begin + static_cast<std::int64_t>(at),
                                                  byte_view(zeros).subspan(at));
    EXPECT_EQ(rest, whole.slice(at, whole.size() - at)) << at;
  }
}

TEST(cdn_cipher, gives_back_nothing_for_nothing) {
  EXPECT_TRUE(transfer::decrypted(counting_redirect(), 0, {}).empty());
}

// ---- whole downloads

class cdn_download : public download_test::local_cluster {
 protected:
  cdn_download() : large(tests::random_text(24 * mib + 4711, 9)) {
    dc_options.cdn_dc = 203;
    dc_options.cdn.from_size = 1 * mib;
    options.to = folder / "out" / "";
  }
  void begin() { serve({{"large.bin", large}, {"small.txt", "a few words"}}); }

  static asio::awaitable<void> sign_in_person(client& user) {
    if (user.signed_in()) co_return;
    const std::string number = download_test::phone;
    const std::string code = "12345";
    const sent_code sent = co_await user.request_code(number);
    const sign_in_step done = co_await user.submit_code(sent, code);
    EXPECT_TRUE(done.done());
  }
  static asio::awaitable<void> fetch(client* of, download_options options, report* into) {
    std::vector<media> files;
    for (const char* const link : {"t.me/files/1", "t.me/files/2"}) {
      for (media& found : co_await resolve(*of, link)) files.push_back(std::move(found));
    }
    *into = co_await download(*of, std::move(files), std::move(options));
  }
  // Both files, as a person; the report of the large one.
  file_report fetch_as_person() {
    report out;
    with_client([&](client& of) -> asio::awaitable<void> {
      co_await sign_in_person(of);
      co_await fetch(&of, options, &out);
    });
    EXPECT_EQ(out.files.size(), 2U);
    if (out.files.size() != 2) return {};
    expect_whole(out);
    return std::move(out.files[0]);
  }
  void expect_whole(const report& out) {
    ASSERT_TRUE(out.files[0].ok()) << out.files[0].error;
    ASSERT_TRUE(out.files[1].ok()) << out.files[1].error;
    EXPECT_TRUE(tests::read_file(out.files[0].path) == large);
    EXPECT_EQ(tests::read_file(out.files[1].path), "a few words");
    EXPECT_EQ(out.files[0].sha256, hex(crypto::sha256(as_bytes(large))));
  }
  static bool left_cdn(const file_report& file) {
    return std::ranges::any_of(file.notes, [](const std::string& note) {
      return note.starts_with("its CDN was given up: ");
    });
  }

  std::string large;
  download_options options = tests::hashing_options();
};

TEST_F(cdn_download, a_person_gets_the_file_from_the_cdn_over_several_connections) {
  begin();
  const file_report file = fetch_as_person();
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
  EXPECT_EQ(file.fetched, file.size);
  EXPECT_GE(calls("upload.getCdnFile"), large.size() / mib);
  EXPECT_EQ(calls("help.getCdnConfig"), 1U);
  EXPECT_GT(calls("upload.getCdnFileHashes"), 0U);
  EXPECT_EQ(calls("upload.reuploadCdnFile"), 0U);
  EXPECT_GE(cluster->dc().counted().bytes_served, large.size());
}

TEST_F(cdn_download, each_connection_to_the_cdn_is_one_of_its_own) {
  begin();
  // Without a CDN first: what keys this client makes at the other data centres.
  const std::uint64_t before = cluster->dc().counted().temporary_keys;
  options.verify = false;
  fetch_as_person();
  const std::uint64_t without = cluster->dc().counted().temporary_keys - before;
  options.verify = true;
  fetch_as_person();
  const std::uint64_t with = cluster->dc().counted().temporary_keys - before - without;
  EXPECT_GE(with, without + 2) << "every channel to a CDN makes a key";
}

TEST_F(cdn_download, tokens_that_all_expire_at_once_are_renewed) {
  begin();
  bool expired = false;
  options.on_progress = [&](const progress& seen) {
    if (seen.file == 0 && seen.done > 0 && !std::exchange(expired, true)) {
      cluster->dc().expire_cdn_tokens();
    }
  };
  const file_report file = fetch_as_person();
  EXPECT_TRUE(expired);
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
}

TEST_F(cdn_download, a_file_that_the_cdn_has_not_is_given_to_it_once) {
  dc_options.cdn.empty = true;
  dc_options.cdn.hashes_in_redirect = false;
  begin();
  const file_report file = fetch_as_person();
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
  EXPECT_EQ(calls("upload.reuploadCdnFile"), 1U);
}

TEST_F(cdn_download, a_file_that_the_cdn_forgets_is_given_to_it_again) {
  dc_options.cdn.empty = true;
  dc_options.cdn.keeps_for = 10;
  begin();
  const file_report file = fetch_as_person();
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
  EXPECT_GT(calls("upload.reuploadCdnFile"), 1U);
}

TEST_F(cdn_download, a_token_that_expires_in_the_middle_is_renewed) {
  dc_options.cdn.token_parts = 9;
  begin();
  const file_report file = fetch_as_person();
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
  EXPECT_EQ(file.fetched, file.size);
}

TEST_F(cdn_download, a_damaged_window_is_repaired_alone) {
  begin();
  fault(testing::corrupt_bytes{}, "upload.getCdnFile", 203, 1, 3);
  const file_report file = fetch_as_person();
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
  EXPECT_EQ(file.fetched, file.size + 131072);
}

TEST_F(cdn_download, short_and_empty_and_late_and_lost_answers_do_no_harm) {
  begin();
  testing::cut_bytes cut;
  cut.keep = 1000;
  fault(cut, "upload.getCdnFile", 203, 1, 1);
  fault(testing::cut_bytes{}, "upload.getCdnFile", 203, 1, 2);
  fault(testing::drop_answer{}, "upload.getCdnFile", 203, 1, 4);
  fault(testing::reset_connection{}, "upload.getCdnFile", 203, 1, 5);
  fault(testing::garbage_answer{}, "upload.getCdnFile", 203, 1, 6);
  fault(error_answer(500, "RPC_CALL_FAIL"), "upload.getCdnFileHashes", 0, 1);
  fault(error_answer(420, "FLOOD_WAIT_1"), "upload.getCdnFile", 203, 1, 8);
  const file_report file = fetch_as_person();
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
}

TEST_F(cdn_download, one_that_lies_leaves_nothing_in_the_file) {
  begin();
  fault(testing::corrupt_bytes{}, "upload.getCdnFile", 203, 0);
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
}

TEST_F(cdn_download, one_that_refuses_leads_to_the_master) {
  begin();
  fault(error_answer(400, "CDN_METHOD_INVALID"), "upload.getCdnFile", 203, 0);
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
  EXPECT_EQ(file.fetched, file.size);
}

TEST_F(cdn_download, one_that_nobody_can_make_a_key_with_leads_to_the_master) {
  begin();
  fault(testing::handshake_lie::garbage_for_an_answer, "", 203, 0);
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
  EXPECT_EQ(calls("upload.getCdnFile"), 0U);
}

TEST_F(cdn_download, connections_to_it_that_are_reset_again_and_again_do_no_harm) {
  begin();
  fault(testing::reset_connection{}, "upload.getCdnFile", 203, 0, 6);
  EXPECT_EQ(fetch_as_person().verified, static_cast<std::int64_t>(large.size()));
}

TEST_F(cdn_download, one_that_falls_silent_in_the_middle_leads_to_the_master) {
  begin();
  fault(testing::drop_answer{}, "upload.getCdnFile", 203, 0, 6);
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.verified, file.size);
}

TEST_F(cdn_download, one_without_hashes_leads_to_the_master) {
  dc_options.cdn.hashes_in_redirect = false;
  begin();
  cluster->dc().faults().hide_hashes(true);
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.verified, 0);
}

TEST_F(cdn_download, a_key_of_a_wrong_length_leads_to_the_master) {
  dc_options.cdn.key_size = 16;
  begin();
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.fetched, file.size);
  EXPECT_EQ(calls("upload.getCdnFile"), 0U);
}

TEST_F(cdn_download, a_redirect_to_a_data_centre_that_is_no_cdn_leads_to_the_master) {
  dc_options.cdn.redirect_to = 4;
  begin();
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.fetched, file.size);
  EXPECT_EQ(calls("upload.getCdnFile"), 0U);
}

TEST_F(cdn_download, a_redirect_to_a_data_centre_that_is_not_there_leads_to_the_master) {
  dc_options.cdn.redirect_to = 999;
  begin();
  const file_report file = fetch_as_person();
  EXPECT_TRUE(left_cdn(file));
  EXPECT_EQ(file.fetched, file.size);
}

TEST_F(cdn_download, nothing_unverified_is_asked_of_a_cdn) {
  options.verify = false;
  begin();
  const file_report file = fetch_as_person();
  EXPECT_FALSE(left_cdn(file));
  EXPECT_EQ(calls("upload.getCdnFile"), 0U);
}

TEST_F(cdn_download, a_bot_asks_for_none) {
  begin();
  report out;
  with_bot([&](client& of) { return fetch(&of, options, &out); });
  ASSERT_EQ(out.files.size(), 2U);
  expect_whole(out);
  EXPECT_EQ(calls("help.getCdnConfig"), 0U);
  EXPECT_EQ(calls("upload.getCdnFile"), 0U);
  EXPECT_EQ(calls("upload.getCdnFileHashes"), 0U);
}

}  // namespace
}  // namespace mtfetch
