// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/sqlite.hpp"

#include <mtfetch/error.hpp>

#include <sqlite3.h>

namespace mtfetch::storage {

void sqlite::closer::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

sqlite::sqlite(const std::string& path, std::string name) : name_(std::move(name)) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
}

void sqlite::run(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t sqlite::number(const std::string& sql) {
  statement row(*this, sql.c_str());
  return row.next() ? row.number(0) : 0;
}

std::string sqlite::text(const std::string& sql) {
  statement row(*this, sql.c_str());
  return row.next() ? row.text(0) : std::string();
}

void sqlite::refuse(const std::string& why) const {
  throw error(storage_errc::bad_session_file, "session file " + name_ + ": " + why);
}

void sqlite::fail(int code) const {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw error(storage_errc::locked, "session file " + name_ + " is in use by another process");
    case SQLITE_FULL:
      throw error(storage_errc::no_space,
                  "session file " + name_ + " cannot be written: no space left on the disk");
    case SQLITE_NOTADB:
      refuse("not a session file of mtfetch");
    case SQLITE_CORRUPT:
      refuse("damaged");
    default:
      refuse(sqlite3_errstr(code));
  }
}

void statement::finalizer::operator()(sqlite3_stmt* handle) const {
  sqlite3_finalize(handle);
}

statement::statement(const sqlite& database, const char* sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v2(database.handle_.get(), sql, -1, &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) database_.fail(code);
}

statement& statement::bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(handle_.get(), index, value);
  if (code != SQLITE_OK) database_.fail(code);
  return *this;
}

statement& statement::bind(int index, std::string_view value) {
  const int code = sqlite3_bind_text(handle_.get(), index, value.data(),
                                     static_cast<int>(value.size()), SQLITE_STATIC);
  if (code != SQLITE_OK) database_.fail(code);
  return *this;
}

statement& statement::bind(int index, byte_view value) {
  const int code = sqlite3_bind_blob(handle_.get(), index, value.data(),
                                     static_cast<int>(value.size()), SQLITE_STATIC);
  if (code != SQLITE_OK) database_.fail(code);
  return *this;
}

bool statement::next() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code);
  return false;
}

std::int64_t statement::number(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return data ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

byte_view statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_.get(), column));
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace mtfetch::storage
