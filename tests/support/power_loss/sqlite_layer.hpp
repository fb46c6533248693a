// SPDX-License-Identifier: BSL-1.0
// The disk under SQLite: a file layer (VFS) that hands every call on to SQLite's own and keeps what
// changed. https://www.sqlite.org/vfs.html
#pragma once

#include "tests/support/power_loss/disk.hpp"

#include <sqlite3.h>

#include <string>

namespace mtfetch::tests {

struct power_loss_disk::vfs {
  vfs(power_loss_disk& disk, std::string name);
  ~vfs();
  vfs(const vfs&) = delete;
  vfs& operator=(const vfs&) = delete;

  power_loss_disk& owner;
  std::string layer_name;
  sqlite3_vfs* real;
  sqlite3_vfs registered{};
};

}  // namespace mtfetch::tests
