// SPDX-License-Identifier: BSL-1.0
// Statistics of a download as JSON lines; README.md says what each field means.
#pragma once

#include <mtfetch/download.hpp>
#include <mtfetch/statistics.hpp>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

namespace mtfetch::cli {

/// One line for a request that has ended, and one for a file.
std::string part_line(const part_statistics& one, const std::string& name);
std::string file_line(const file_report& file, std::size_t index);

/// Where they go: a file, made anew, or standard error for "-".
class statistics_file {
 public:
  /// Throws mtfetch::error (client_errc::bad_config) that names a file which cannot be written.
  explicit statistics_file(const std::string& path);
  /// A disk that is full loses lines, not downloads.
  void write(const std::string& line);

 private:
  struct closed {
    void operator()(std::FILE* file) const {
      if (file != stderr) std::fclose(file);
    }
  };
  std::unique_ptr<std::FILE, closed> to_;
};

}  // namespace mtfetch::cli
