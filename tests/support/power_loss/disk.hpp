// SPDX-License-Identifier: BSL-1.0
// A folder on a disk whose power may fail: what is done to it is kept as a list, and any moment of
// that list can be made into the folder that a machine would find when the power is back.
#pragma once

#include "downloader/sink/file_calls.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mtfetch::tests {

/// How much of what was not synced is there after the power was cut. `any` draws a share, and by it
/// each 512-byte sector of each write, each change of a size and each name, one by one.
enum class survival { nothing, any, all };

/// Sits under sink::file_calls and, as a VFS, under SQLite. Calls go on to the real folder, which
/// is therefore always as the program left it; the list says what of it was synced.
///
/// What POSIX promises and no more: fsync or fdatasync of a file makes its bytes and its size
/// durable, not its name; fsync of the folder makes names durable, not bytes. A rename happens or
/// does not. SQLite's own layer on Unix also syncs the folder at the first sync of a new -wal or
/// -journal, and so does this one.
///
/// Thread-safe; one folder, nothing below it. It must outlive what uses it.
class power_loss_disk {
 public:
  /// What the folder holds already is durable.
  explicit power_loss_disk(std::filesystem::path folder);
  ~power_loss_disk();
  power_loss_disk(const power_loss_disk&) = delete;
  power_loss_disk& operator=(const power_loss_disk&) = delete;

  sink::file_calls calls();

  /// How many operations there were so far: a power cut at n leaves the first n begun.
  std::size_t operations() const;
  /// The operation in words, for a failing test: "write film.mp4.part 131072 bytes at 0".
  std::string describe(std::size_t operation) const;
  /// Makes, in an empty folder, what a cut after the first `at` operations left. `lies`: the disk
  /// says that it has synced and has not.
  void restore(std::size_t at, survival how, std::uint64_t seed, const std::filesystem::path& into,
               bool lies = false) const;

  /// Asked before each sync of a file by sink::file_calls, with its name; true: it fails with EIO,
  /// and as on Linux what was not synced stays in the page cache and is never tried again.
  std::function<bool(const std::string& name)> on_sync;
  /// Asked before each write of SQLite, with the file's name; anything but 0 (SQLITE_OK) is the
  /// write's outcome.
  std::function<int(const std::string& name)> on_sqlite_write;

 private:
  friend struct power_loss_layer;
  enum class kind { write, truncate, sync, failed_sync, make, rename, unlink, sync_folder };
  struct operation {
    kind what = kind::write;
    int file = 0;  // its number here: a name may come and go
    std::int64_t at = 0;
    bytes data;
    std::string name;
    std::string new_name;
  };
  void add(operation what);
  std::string name_of(int file) const;
  // Which of the first `at` operations were made durable, whatever happens then.
  std::vector<bool> durable(std::size_t at) const;
  // These three keep `live_` as well.
  int number_of(const std::string& name);  // of what has the name; made when nothing has
  void renamed(const std::string& from, const std::string& to);
  void removed(const std::string& name);

  std::filesystem::path folder_;
  std::string layer_;
  mutable std::recursive_mutex mutex_;
  std::vector<operation> operations_;
  std::map<std::string, int> live_;      // names as the program sees them
  std::map<int, std::string> at_first_;  // files there from the beginning, and their names
  std::map<int, bytes> contents_at_first_;
  std::map<int, int> descriptors_;
  int made_ = 0;
  struct vfs;
  std::unique_ptr<vfs> vfs_;
};

}  // namespace mtfetch::tests
