// SPDX-License-Identifier: BSL-1.0
// A folder of its own with files of known content, gone after the test.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mtfetch/bytes.hpp>
#include <string>

namespace mtfetch::testing {

class served_folder {
 public:
  served_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mtfetch-dc-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~served_folder() { std::filesystem::remove_all(path_); }
  served_folder(const served_folder&) = delete;
  served_folder& operator=(const served_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// A file whose bytes follow from its size.
  bytes add(const std::string& name, std::size_t size) const {
    bytes content(size);
    std::uint32_t state = static_cast<std::uint32_t>(size) * 2654435761u + 1;
    for (std::uint8_t& byte : content) {
      state = state * 1664525u + 1013904223u;
      byte = static_cast<std::uint8_t>(state >> 24);
    }
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
    return content;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace mtfetch::testing
