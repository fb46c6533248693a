// SPDX-License-Identifier: BSL-1.0
#include "downloader/journal/database_files.hpp"

#include "downloader/journal/database.hpp"

#include <sqlite3.h>

#include <system_error>

namespace mtfetch::journal_impl {
namespace {

namespace fs = std::filesystem;

fs::path beside(const fs::path& name, const char* ending) {
  fs::path path = name;
  path += ending;
  return path;
}

}  // namespace

bool is_damage(int code) {
  const int kind = code & 0xff;
  return kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT || kind == SQLITE_SCHEMA ||
         kind == SQLITE_ERROR || kind == SQLITE_FORMAT;
}

bool is_full_disk(int code) {
  return (code & 0xff) == SQLITE_FULL;
}

void put_aside(const fs::path& name, const std::string& layer) {
  std::error_code ignored;
  fs::rename(name, beside(name, ".damaged"), ignored);
  remove_files(name, layer);
}

void remove_files(const fs::path& name, const std::string& layer) {
  for (const char* ending : {"-wal", "-shm", "-journal", ""}) {
    remove_file(beside(name, ending), layer);
  }
}

}  // namespace mtfetch::journal_impl
