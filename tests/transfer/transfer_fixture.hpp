// SPDX-License-Identifier: BSL-1.0
// A folder, a server without a network and the settings of a download, and what a file must be.
#pragma once

#include "downloader/catalogue/catalogue.hpp"
#include "downloader/transfer/transfer.hpp"
#include "fake_server.hpp"
#include "mtproto/crypto/sha.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/transfer/hashing_options.hpp"

#include <gtest/gtest.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mtfetch::transfer {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::mib;

class transfer_test : public testing::Test {
 protected:
  transfer_test() { options.to = folder.path(); }

  struct ended {
    std::optional<report> files;
    std::error_code thrown;
  };
  // Else a machine under load makes the engine ask twice for what it thinks late.
  void no_copies() {
    settings.engine.least_late = std::chrono::hours(1);
    settings.engine.least_help = std::chrono::hours(1);
  }
  // Runs one download to its end; `during` may watch and cancel.
  ended run(std::vector<media> files,
            std::function<void(asio::io_context&, asio::cancellation_signal&)> during = {}) {
    asio::io_context loop;
    asio::cancellation_signal cancel;
    ended out;
    auto done = [&](std::exception_ptr failed, report made) {
      if (!failed) {
        out.files = std::move(made);
        return;
      }
      try {
        std::rethrow_exception(failed);
      } catch (const std::system_error& why) {
        out.thrown = why.code();
      }
    };
    asio::co_spawn(loop, transfer_files(server->make_source(), std::move(files), options, settings),
                   asio::bind_cancellation_slot(cancel.slot(), done));
    if (during) during(loop, cancel);
    loop.run();
    return out;
  }
  file_report run_one(media file) {
    ended out = run({std::move(file)});
    EXPECT_TRUE(out.files);
    return out.files ? std::move(out.files->files.at(0)) : file_report();
  }
  void expect_right(const file_report& file, std::int64_t id) const {
    EXPECT_TRUE(file.ok()) << file.error;
    const bytes right = file_bytes(id, 0, file.size);
    EXPECT_EQ(file.sha256, sha256_hex(right));
    const std::string there = tests::read_file(file.path);
    EXPECT_TRUE(std::ranges::equal(as_bytes(there), right)) << file.path;
    expect_catalogued(file, right);
  }
  // However its windows came here, in which run, order or attempt.
  static void expect_catalogued(const file_report& file, byte_view right) {
    auto in = catalogue::open_existing(file.path.parent_path());
    const auto known = in ? in->find(file.path.filename().string()) : std::nullopt;
    ASSERT_TRUE(known) << file.path;
    EXPECT_EQ(known->identity.size, file.size);
    EXPECT_EQ(known->sha256, file.sha256);
    EXPECT_EQ(known->windows.verified_bytes(), file.verified);
    for (std::size_t i = 0; i < known->windows.count(); ++i) {
      const engine::window_record window = known->windows.at(i);
      const auto at = static_cast<std::size_t>(window.offset);
      EXPECT_EQ(window.sha256,
                crypto::sha256(right.subspan(at, static_cast<std::size_t>(window.size))))
          << file.path << " at " << at;
    }
  }
  // The catalogue apart.
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename().string();
      if (!catalogue::is_own_name(name)) found.insert(name);
    }
    return found;
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options = tests::hashing_options();
  transfer_settings settings;
};

}  // namespace mtfetch::transfer
