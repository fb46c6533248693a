// SPDX-License-Identifier: BSL-1.0
#include "tests/support/power_loss/sqlite_layer.hpp"

#include <cstddef>
#include <filesystem>
#include <utility>

namespace mtfetch::tests {

/// The callbacks; a struct so that the disk can call it its friend.
struct power_loss_layer {
  using disk = power_loss_disk;

  struct open_file {
    sqlite3_file base;
    power_loss_disk* owner;
    sqlite3_file* real;  // lies behind this one, in the room that SQLite gave
    int number;
    bool first_sync_syncs_folder;
    char name[256];
  };
  static open_file& of(sqlite3_file* file) { return *reinterpret_cast<open_file*>(file); }
  static power_loss_disk::vfs& of(sqlite3_vfs* layer) {
    return *static_cast<power_loss_disk::vfs*>(layer->pAppData);
  }
  static std::string name_in_folder(const char* path) {
    return std::filesystem::path(path).filename().string();
  }

  static int open(sqlite3_vfs* layer, const char* path, sqlite3_file* file, int flags, int* given) {
    power_loss_disk& owner = of(layer).owner;
    const std::lock_guard lock(owner.mutex_);
    auto* made = new (file) open_file{};
    made->owner = &owner;
    made->real = reinterpret_cast<sqlite3_file*>(made + 1);
    const int code = of(layer).real->xOpen(of(layer).real, path, made->real, flags, given);
    if (made->real->pMethods == nullptr) return code;
    static const sqlite3_io_methods methods = {1,       close,       read,    write,     truncate,
                                               sync,    size,        lock_to, unlock_to, check_lock,
                                               control, sector_size, traits,  nullptr,   nullptr,
                                               nullptr, nullptr,     nullptr, nullptr};
    made->base.pMethods = &methods;
    if (code != SQLITE_OK) return code;
    const std::string name = name_in_folder(path);
    name.copy(made->name, sizeof made->name - 1);
    const bool is_new = !owner.live_.contains(name);
    made->number = owner.number_of(name);
    made->first_sync_syncs_folder =
        is_new && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    return code;
  }
  static int remove(sqlite3_vfs* layer, const char* path, int sync_folder) {
    power_loss_disk& owner = of(layer).owner;
    const std::lock_guard lock(owner.mutex_);
    const int code = of(layer).real->xDelete(of(layer).real, path, sync_folder);
    if (code == SQLITE_OK) {
      owner.removed(name_in_folder(path));
      if (sync_folder != 0) owner.add({disk::kind::sync_folder, 0, 0, {}, {}, {}});
    }
    return code;
  }

  static int close(sqlite3_file* file) { return of(file).real->pMethods->xClose(of(file).real); }
  static int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 at) {
    return of(file).real->pMethods->xRead(of(file).real, into, amount, at);
  }
  static int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 at) {
    open_file& to = of(file);
    const std::lock_guard lock(to.owner->mutex_);
    if (to.owner->on_sqlite_write) {
      const int refused = to.owner->on_sqlite_write(to.name);
      if (refused != SQLITE_OK) return refused;
    }
    const int code = to.real->pMethods->xWrite(to.real, from, amount, at);
    const auto* data = static_cast<const std::uint8_t*>(from);
    if (code == SQLITE_OK) {
      to.owner->add({disk::kind::write, to.number, at, bytes(data, data + amount), {}, {}});
    }
    return code;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 to_size) {
    open_file& to = of(file);
    const std::lock_guard lock(to.owner->mutex_);
    const int code = to.real->pMethods->xTruncate(to.real, to_size);
    if (code == SQLITE_OK) {
      to.owner->add({disk::kind::truncate, to.number, to_size, {}, {}, {}});
    }
    return code;
  }
  static int sync(sqlite3_file* file, int) {
    open_file& to = of(file);
    const std::lock_guard lock(to.owner->mutex_);
    to.owner->add({disk::kind::sync, to.number, 0, {}, {}, {}});
    if (std::exchange(to.first_sync_syncs_folder, false)) {
      to.owner->add({disk::kind::sync_folder, 0, 0, {}, {}, {}});
    }
    return SQLITE_OK;
  }
  static int size(sqlite3_file* file, sqlite3_int64* given) {
    return of(file).real->pMethods->xFileSize(of(file).real, given);
  }
  static int lock_to(sqlite3_file* file, int level) {
    return of(file).real->pMethods->xLock(of(file).real, level);
  }
  static int unlock_to(sqlite3_file* file, int level) {
    return of(file).real->pMethods->xUnlock(of(file).real, level);
  }
  static int check_lock(sqlite3_file* file, int* given) {
    return of(file).real->pMethods->xCheckReservedLock(of(file).real, given);
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file* file) {
    return of(file).real->pMethods->xSectorSize(of(file).real);
  }
  static int traits(sqlite3_file* file) {
    return of(file).real->pMethods->xDeviceCharacteristics(of(file).real);
  }
};

power_loss_disk::vfs::vfs(power_loss_disk& disk, std::string name)
    : owner(disk), layer_name(std::move(name)), real(sqlite3_vfs_find(nullptr)) {
  using self = power_loss_layer;
  registered.iVersion = 1;
  registered.szOsFile = static_cast<int>(sizeof(self::open_file)) + real->szOsFile;
  registered.mxPathname = real->mxPathname;
  registered.zName = layer_name.c_str();
  registered.pAppData = this;
  registered.xOpen = self::open;
  registered.xDelete = self::remove;
  registered.xAccess = [](sqlite3_vfs* layer, const char* path, int flags, int* given) {
    return self::of(layer).real->xAccess(self::of(layer).real, path, flags, given);
  };
  registered.xFullPathname = [](sqlite3_vfs* layer, const char* path, int room, char* given) {
    return self::of(layer).real->xFullPathname(self::of(layer).real, path, room, given);
  };
  registered.xRandomness = [](sqlite3_vfs* layer, int amount, char* given) {
    return self::of(layer).real->xRandomness(self::of(layer).real, amount, given);
  };
  registered.xSleep = [](sqlite3_vfs* layer, int microseconds) {
    return self::of(layer).real->xSleep(self::of(layer).real, microseconds);
  };
  registered.xCurrentTime = [](sqlite3_vfs* layer, double* given) {
    return self::of(layer).real->xCurrentTime(self::of(layer).real, given);
  };
  registered.xGetLastError = [](sqlite3_vfs* layer, int room, char* given) {
    return self::of(layer).real->xGetLastError(self::of(layer).real, room, given);
  };
  sqlite3_vfs_register(&registered, 0);
}

power_loss_disk::vfs::~vfs() {
  sqlite3_vfs_unregister(&registered);
}

}  // namespace mtfetch::tests
