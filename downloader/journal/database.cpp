// SPDX-License-Identifier: BSL-1.0
#include "downloader/journal/database.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace mtfetch::journal_impl {
namespace {

[[noreturn]] void fail(sqlite3* database, int code) {
  database_error failed;
  failed.code = code;
  failed.text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  throw failed;
}

// https://sqlite.org/uri.html#uriimmutable
std::string frozen_uri(const std::filesystem::path& path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char letter : std::filesystem::absolute(path).string()) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if (byte > ' ' && byte < 0x7f && letter != '%' && letter != '?' && letter != '#') {
      uri += letter;
    } else {
      uri += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return uri + "?immutable=1";
}

const char* name_of(const std::string& layer) {
  return layer.empty() ? nullptr : layer.c_str();
}

sqlite3_vfs* find(const std::string& layer) {
  sqlite3_vfs* found = sqlite3_vfs_find(name_of(layer));
  if (found == nullptr) fail(nullptr, SQLITE_MISUSE);
  return found;
}

}  // namespace

statement::statement(sqlite3* database, const char* sql) : database_(database) {
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v2(database, sql, -1, &made, nullptr);
  held_.reset(made);
  if (code != SQLITE_OK) fail(database, code);
}

statement& statement::bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(held_.get(), index, value);
  if (code != SQLITE_OK) fail(database_, code);
  return *this;
}

statement& statement::bind(int index, byte_view value) {
  // A null pointer would be NULL, which is something else than no bytes.
  const void* const data = value.empty() ? "" : static_cast<const void*>(value.data());
  const int code = sqlite3_bind_blob64(held_.get(), index, data, value.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) fail(database_, code);
  return *this;
}

statement& statement::bind(int index, const std::string& value) {
  const int code = sqlite3_bind_text64(held_.get(), index, value.data(), value.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) fail(database_, code);
  return *this;
}

bool statement::step() {
  const int code = sqlite3_step(held_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail(database_, code);
  return code == SQLITE_ROW;
}

void statement::reset() {
  sqlite3_reset(held_.get());
}

std::int64_t statement::number(int column) const {
  return sqlite3_column_int64(held_.get(), column);
}

byte_view statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(held_.get(), column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(held_.get(), column))};
}

std::string statement::text(int column) const {
  return std::string(as_text(blob(column)));
}

void statement::finalizer::operator()(sqlite3_stmt* held) const {
  sqlite3_finalize(held);
}

database::database(const std::filesystem::path& path, const std::string& layer, access how) {
  std::string name = path.string();
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (how == access::made) flags |= SQLITE_OPEN_CREATE;
  if (how == access::frozen) {
    name = frozen_uri(path);
    flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
  }
  sqlite3* made = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &made, flags, name_of(layer));
  held_.reset(made);
  if (code != SQLITE_OK) fail(made, code);
}

void database::wait_at_most(std::chrono::milliseconds time) {
  sqlite3_busy_timeout(held_.get(), static_cast<int>(time.count()));
}

void database::run(const char* sql) {
  const int code = sqlite3_exec(held_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(held_.get(), code);
}

std::int64_t database::number(const char* sql) {
  statement asked = prepare(sql);
  return asked.step() ? asked.number(0) : 0;
}

void database::give_up() {
  sqlite3_db_config(held_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void database::closer::operator()(sqlite3* held) const {
  sqlite3_close_v2(held);
}

void make_empty_file(const std::filesystem::path& path, const std::string& layer) {
  sqlite3_vfs* files = find(layer);
  // The layer says how large its files are; the name must be absolute, as SQLite itself gives it.
  std::vector<std::max_align_t> room(
      static_cast<std::size_t>(files->szOsFile) / sizeof(std::max_align_t) + 1);
  auto* file = reinterpret_cast<sqlite3_file*>(room.data());
  std::vector<char> whole(static_cast<std::size_t>(files->mxPathname) + 2);
  int code = files->xFullPathname(files, path.c_str(), files->mxPathname, whole.data());
  // A symbolic link is no error: the database itself would follow it too.
  if (code != SQLITE_OK && code != SQLITE_OK_SYMLINK) fail(nullptr, code);
  int given = 0;
  code = files->xOpen(files, whole.data(), file,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB, &given);
  if (file->pMethods != nullptr) file->pMethods->xClose(file);
  if (code != SQLITE_OK) fail(nullptr, code);
}

void remove_file(const std::filesystem::path& path, const std::string& layer) {
  sqlite3_vfs* files = find(layer);
  files->xDelete(files, path.c_str(), 0);
}

}  // namespace mtfetch::journal_impl
