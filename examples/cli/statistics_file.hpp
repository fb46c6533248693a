// SPDX-License-Identifier: BSL-1.0
// Statistics of a download as JSON lines; README.md says what each field means.
#pragma once

#include <mtfetch/download.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/statistics.hpp>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
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
  /// A disk that is full loses lines, not downloads. Gives an error the first time that something
  /// is lost, and writes no more then; nothing while all is well.
  std::optional<error> write(const std::string& line);
  /// Ends the file; what was written before may be lost only now. As write.
  std::optional<error> close();

 private:
  struct closed {
    void operator()(std::FILE* file) const {
      if (file != stderr) std::fclose(file);
    }
  };
  std::optional<error> lost();

  std::string path_;
  std::unique_ptr<std::FILE, closed> to_;  // none once it is closed, or something was lost
};

}  // namespace mtfetch::cli
