// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/taken_names.hpp"

#include "downloader/sink/target_name.hpp"

namespace mtfetch::transfer {

int taken_names::first_free(const std::filesystem::path& wanted) {
  int& number = first_free_[wanted];
  while (contains(sink::numbered(wanted, number))) ++number;
  return number;
}

}  // namespace mtfetch::transfer
