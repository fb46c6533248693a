// SPDX-License-Identifier: BSL-1.0
// Finds secrets in what the library says.
#pragma once

#include <mtfetch/bytes.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mtfetch::attacks {

/// What must stand in no sentence and no log.
class secrets {
 public:
  /// Key material: found by any 8 bytes of it, raw, in hex, in base64 or as a decimal number.
  void add_bytes(std::string name, byte_view value);
  /// A token, a phone number, a password: found whole.
  void add_text(std::string name, std::string value);

  /// The names of those that stand in the text.
  std::vector<std::string> found_in(std::string_view text) const;

 private:
  struct secret {
    std::string name;
    std::vector<std::string> forms;
  };
  std::vector<secret> known_;
};

}  // namespace mtfetch::attacks
