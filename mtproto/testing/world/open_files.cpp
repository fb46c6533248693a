// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/open_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace mtfetch::testing {

open_file::~open_file() {
  ::close(descriptor_);
}

bool open_file::read(std::int64_t offset, byte_span to) const {
  while (!to.empty()) {
    const ::ssize_t got = ::pread(descriptor_, to.data(), to.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to = to.subspan(static_cast<std::size_t>(got));
    offset += got;
  }
  return true;
}

std::shared_ptr<const open_file> open_files::get(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (const auto known = by_path_.find(name); known != by_path_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, known->second);
    return known->second->file;
  }
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  by_use_.push_front({name, std::make_shared<const open_file>(descriptor)});
  by_path_[name] = by_use_.begin();
  if (by_use_.size() > kept_open) {
    by_path_.erase(by_use_.back().path);
    by_use_.pop_back();
  }
  return by_use_.front().file;
}

}  // namespace mtfetch::testing
