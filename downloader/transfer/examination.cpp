// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/examination.hpp"

#include "downloader/engine/range_set.hpp"
#include "mtproto/crypto/sha.hpp"

#include <mtfetch/bytes.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::transfer {

using engine::hash_window;
using engine::window_record;

examination::examination(const sink::part_file& part, std::vector<window_record> claimed,
                         std::int64_t size, bool unclaimed)
    : windows_(std::move(claimed)), claimed_(windows_.size()), there_(part.size()) {
  if (!unclaimed) return;
  engine::range_set said;
  for (const window_record& window : windows_) said.add(window.bytes());
  for (const auto& [begin, end] : part.written_ranges()) {
    // Windows that were written whole; a page more or less at the edges does not matter.
    std::int64_t offset = (begin + hash_window - 1) / hash_window * hash_window;
    for (; offset < size; offset += hash_window) {
      window_record found;
      found.offset = offset;
      found.size = static_cast<std::int32_t>(std::min(hash_window, size - offset));
      if (found.bytes().end > std::min(end, there_)) break;
      if (!said.contains(found.bytes())) windows_.push_back(found);
    }
  }
}

bool examination::go_on(sink::part_file& part, std::int64_t most) {
  bytes room(static_cast<std::size_t>(hash_window));
  for (; next_ < windows_.size(); ++next_) {
    if (most <= 0) return false;
    window_record& window = windows_[next_];
    if (window.bytes().end > there_) {
      wrong.push_back(window);
      continue;
    }
    const byte_span read = byte_span(room).first(static_cast<std::size_t>(window.size));
    part.read(window.offset, read);
    most -= window.size;
    const engine::digest digest = crypto::sha256(read);
    if (next_ < claimed_) {
      (digest == window.sha256 ? complete : wrong).push_back(window);
    } else {
      part.write(window.offset, read);
      window.sha256 = digest;
      candidates.push_back(window);
    }
  }
  return true;
}

}  // namespace mtfetch::transfer
