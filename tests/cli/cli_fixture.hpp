// SPDX-License-Identifier: BSL-1.0
// A local data centre with a few files, and `mtfetch` run against it as a process of its own.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mtfetch/testing.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mtfetch::tests {

class cli : public ::testing::Test {
 protected:
  static constexpr const char* bot_token = "4242:a-test-token";
  static constexpr const char* phone = "99966123456";
  static constexpr const char* code = "22222";
  static constexpr const char* password = "correct horse";

  cli();

  /// Message 1 is big.bin, 2 is empty.bin, 3 is small.txt, in file-name order.
  std::string big_file() const { return read_file(folder / "source" / "big.bin"); }

  process_options command(std::vector<std::string> arguments) const;
  process_end run(std::vector<std::string> arguments) const;
  void sign_in_as_bot() const;
  std::filesystem::path target(const std::string& name) const { return folder / "out" / name; }
  static std::vector<nlohmann::json> events(const process_end& end);

  temporary_folder folder;
  testing::cluster_options dc_options;
  std::unique_ptr<testing::cluster_thread> cluster;
};

}  // namespace mtfetch::tests
