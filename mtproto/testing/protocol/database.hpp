// SPDX-License-Identifier: BSL-1.0
// SQLite as the data centre uses it: a file with mode 0600, and statements that clean up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mtfetch::testing {

/// An open database. Failures are thrown as mtfetch::error with the file's name. One thread.
class database {
 public:
  explicit database(const std::filesystem::path& file);
  void run(const std::string& sql);

 private:
  friend class statement;
  [[noreturn]] void fail(const std::string& why) const;
  struct closer {
    void operator()(sqlite3* handle) const;
  };
  std::string name_;
  std::unique_ptr<sqlite3, closer> handle_;
};

/// One prepared statement; parameters and columns count from 0 here. What is bound must outlive it.
class statement {
 public:
  statement(database& in, const char* sql);
  statement& bind(std::int64_t value);
  statement& bind(byte_view value);
  statement& bind(std::string_view value);
  /// Whether there is another row.
  bool next();
  std::int64_t number(int column) const;
  bytes blob(int column) const;
  std::string text(int column) const;

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* handle) const;
  };
  database& in_;
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
  int bound_ = 0;
};

}  // namespace mtfetch::testing
