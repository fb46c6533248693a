// SPDX-License-Identifier: BSL-1.0
// A folder that goes with the test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace mtfetch::codegen {

class temporary_folder {
 public:
  explicit temporary_folder(const std::string& name)
      : path_(std::filesystem::path(testing::TempDir()) /
              ("mtfetch-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mtfetch::codegen
