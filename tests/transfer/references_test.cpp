// SPDX-License-Identifier: BSL-1.0
// File references that lapse in the middle of many files: read anew together, in few calls.
#include "downloader/transfer/transfer.hpp"
#include "fake_server.hpp"
#include "run_download.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/transfer/hashing_options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mtfetch::transfer {
namespace {

using engine::mib;

class references_test : public ::testing::Test {
 protected:
  references_test() {
    options.to = folder.path();
    settings.engine.retry = {std::chrono::milliseconds(1), std::chrono::milliseconds(10)};
  }
  // Files 1 to `count`.
  void add(std::int64_t count, std::int64_t size) {
    for (std::int64_t id = 1; id <= count; ++id) {
      files.push_back(server->add(id, size, "file" + std::to_string(id)));
    }
  }
  void expire_at(std::size_t part) {
    server->on_part = [this, part](std::size_t n, bytes&) {
      if (n == part) server->expire_references();
    };
  }
  report run() { return run_download(server, files, options, settings); }
  void expect_whole(const file_report& file, std::int64_t id) const {
    EXPECT_TRUE(file.ok()) << file.error;
    EXPECT_EQ(file.sha256, sha256_hex(file_bytes(id, 0, file.size)));
  }
  void expect_all_whole(const report& done) const {
    ASSERT_EQ(done.files.size(), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) expect_whole(done.files[i], files[i].id);
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  std::vector<media> files;
  download_options options = tests::hashing_options();
  transfer_settings settings;
};

TEST_F(references_test, fifty_small_files_under_way_are_one_call) {
  add(50, 200'000);
  expire_at(10);
  expect_all_whole(run());
  EXPECT_EQ(server->refreshed, 1U);
}

TEST_F(references_test, fifty_large_files_are_one_call_and_those_in_line_are_never_refused) {
  add(50, 2 * mib);
  options.files_at_once = 4;
  expire_at(20);
  expect_all_whole(run());
  EXPECT_EQ(server->refreshed, 1U);
  // Four, and four more where those had all their parts already.
  EXPECT_LE(server->refused.size(), 8U);
  EXPECT_GE(server->most_refreshed, 30U);
}

TEST_F(references_test, a_file_whose_message_is_gone_fails_alone) {
  add(50, mib + 1);
  options.files_at_once = 4;
  server->gone = {40};
  expire_at(3);
  const report done = run();
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].id != 40) expect_whole(done.files[i], files[i].id);
  }
  EXPECT_EQ(done.files[39].code, make_error_code(link_errc::not_found));
  EXPECT_EQ(done.files[39].error, "file40: there is no message 40");
  EXPECT_EQ(server->refreshed, 2U) << "with the others, and once more when it was refused itself";
}

TEST_F(references_test, a_flood_wait_before_they_are_read_is_waited_for) {
  add(10, 200'000);
  expire_at(0);
  server->on_refresh = [](std::size_t n) {
    if (n == 0) throw rpc_error(rpc_failure::parse(420, "FLOOD_WAIT_1"), "channels.getMessages");
  };
  expect_all_whole(run());
  EXPECT_EQ(server->refreshed, 2U);
}

TEST_F(references_test, an_error_of_the_transport_is_no_end) {
  add(10, 200'000);
  expire_at(0);
  server->on_refresh = [](std::size_t n) {
    if (n < 3) throw error(make_error_code(transport_errc::unreachable), "nobody answers");
  };
  expect_all_whole(run());
  EXPECT_EQ(server->refreshed, 4U);
}

TEST_F(references_test, a_call_that_never_succeeds_ends_the_files_in_its_words) {
  add(2, 2 * mib);
  expire_at(0);
  server->on_refresh = [](std::size_t) {
    throw error(make_error_code(transport_errc::unreachable), "nobody answers");
  };
  const report done = run();
  EXPECT_EQ(done.files[0].code, make_error_code(transport_errc::unreachable));
  EXPECT_EQ(done.files[0].error, "file1: nobody answers");
  EXPECT_EQ(done.files[1].error, "file2: nobody answers");
}

TEST_F(references_test, lapses_that_are_spelled_with_a_number_are_known_too) {
  add(3, 2 * mib);
  server->on_part = [this](std::size_t n, bytes&) {
    if (n == 2) {
      server->expire_references();
      throw rpc_error(rpc_failure::parse(400, "FILE_REFERENCE_0_EXPIRED"), "upload.getFile");
    }
  };
  expect_all_whole(run());
  EXPECT_EQ(server->refreshed, 1U);
}

asio::awaitable<media> one_of(source from, media lapsed) {
  std::vector<media> one(1, std::move(lapsed));
  const std::vector<refreshed_media> fresh = co_await from.refresh(std::move(one));
  if (!fresh[0].ok()) throw error(fresh[0].code, fresh[0].error);
  co_return fresh[0].file;
}

TEST_F(references_test, a_source_may_read_them_one_by_one) {
  add(5, 200'000);
  server->gone = {3};
  server->expire_references();
  source from = server->make_source();
  from.refresh =
      refresh_each([all = from](media lapsed) { return one_of(all, std::move(lapsed)); });
  std::vector<refreshed_media> out;
  asio::io_context loop;
  asio::co_spawn(loop, from.refresh(files),
                 [&out](const std::exception_ptr& failed, std::vector<refreshed_media> fresh) {
                   EXPECT_FALSE(failed);
                   out = std::move(fresh);
                 });
  loop.run();
  ASSERT_EQ(out.size(), 5U);
  EXPECT_EQ(server->refreshed, 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(out[i].ok(), files[i].id != 3);
    EXPECT_EQ(out[i].file.id, files[i].id);
  }
  EXPECT_EQ(out[2].error, "there is no message 3");
}

}  // namespace
}  // namespace mtfetch::transfer
