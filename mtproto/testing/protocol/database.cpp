// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <mtfetch/error.hpp>

namespace mtfetch::testing {

database::database(const std::filesystem::path& file) : name_(file.string()) {
  // Made here, so that nobody else may ever read the keys in it; SQLite gives its other files the
  // mode of this one.
  const int made = ::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) fail("it cannot be opened");
  ::close(made);
  sqlite3* opened = nullptr;
  const int code = ::sqlite3_open_v2(name_.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  handle_.reset(opened);
  if (code != SQLITE_OK) fail(::sqlite3_errstr(code));
  ::sqlite3_busy_timeout(opened, 2000);
}

void database::closer::operator()(sqlite3* handle) const {
  ::sqlite3_close(handle);
}

void database::fail(const std::string& why) const {
  throw error(storage_errc::bad_session_file,
              "The state of the data centre, " + name_ + ": " + why);
}

void database::run(const std::string& sql) {
  if (::sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(::sqlite3_errmsg(handle_.get()));
  }
}

statement::statement(database& in, const char* sql) : in_(in) {
  sqlite3_stmt* prepared = nullptr;
  if (::sqlite3_prepare_v2(in_.handle_.get(), sql, -1, &prepared, nullptr) != SQLITE_OK) {
    in_.fail(::sqlite3_errmsg(in_.handle_.get()));
  }
  handle_.reset(prepared);
}

void statement::finalizer::operator()(sqlite3_stmt* handle) const {
  ::sqlite3_finalize(handle);
}

statement& statement::bind(std::int64_t value) {
  ::sqlite3_bind_int64(handle_.get(), ++bound_, value);
  return *this;
}

statement& statement::bind(byte_view value) {
  // A null pointer would bind NULL.
  const void* data = value.empty() ? "" : static_cast<const void*>(value.data());
  ::sqlite3_bind_blob64(handle_.get(), ++bound_, data, value.size(), SQLITE_STATIC);
  return *this;
}

statement& statement::bind(std::string_view value) {
  ::sqlite3_bind_text64(handle_.get(), ++bound_, value.data(), value.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
  return *this;
}

bool statement::next() {
  const int code = ::sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) in_.fail(::sqlite3_errmsg(in_.handle_.get()));
  return false;
}

std::int64_t statement::number(int column) const {
  return ::sqlite3_column_int64(handle_.get(), column);
}

bytes statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(::sqlite3_column_blob(handle_.get(), column));
  const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(handle_.get(), column));
  return data == nullptr ? bytes() : bytes(data, data + size);
}

std::string statement::text(int column) const {
  const bytes raw = blob(column);
  return std::string(as_text(raw));
}

}  // namespace mtfetch::testing
