// SPDX-License-Identifier: BSL-1.0

#pragma once
// Options of downloads whose whole files' SHA-256 is compared too.

#include <mtfetch/download.hpp>

namespace mtfetch::tests {

inline download_options hashing_options() {
  download_options made;
  made.whole_file_sha256 = true;
  return made;
}

}  // namespace mtfetch::tests
