// SPDX-License-Identifier: BSL-1.0
// SQLite as the session store uses it: a database and a statement that clean up after themselves.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mtfetch::storage {

/// An open database. Every failure is thrown as mtfetch::error with the file's name.
class sqlite {
 public:
  /// `name` is what errors call the file.
  sqlite(const std::string& path, std::string name);

  /// Runs statements that give no rows, or whose rows do not matter.
  void run(const std::string& sql);
  /// The first column of the first row.
  std::int64_t number(const std::string& sql);
  std::string text(const std::string& sql);

  [[noreturn]] void refuse(const std::string& why) const;
  /// Throws what the failed SQLite call means. SQLite's own words are not secret, SQL text and
  /// values are left out.
  [[noreturn]] void fail(int code) const;

 private:
  friend class statement;
  struct closer {
    void operator()(sqlite3* handle) const;
  };
  std::string name_;
  std::unique_ptr<sqlite3, closer> handle_;
};

/// One prepared statement. Parameters count from 1, columns from 0. What is bound must outlive it.
class statement {
 public:
  statement(const sqlite& database, const char* sql);

  statement& bind(int index, std::int64_t value);
  statement& bind(int index, int value) { return bind(index, static_cast<std::int64_t>(value)); }
  statement& bind(int index, std::string_view value);
  statement& bind(int index, byte_view value);
  /// Whether there is another row.
  bool next();
  void run() { next(); }

  std::int64_t number(int column) const;
  std::string text(int column) const;
  /// Valid until next().
  byte_view blob(int column) const;

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* handle) const;
  };
  const sqlite& database_;
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

}  // namespace mtfetch::storage
