// SPDX-License-Identifier: BSL-1.0
// The little of SQLite that a journal needs: a database, and statements that are bound and stepped.
#pragma once

#include <mtfetch/bytes.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace mtfetch::journal_impl {

/// SQLite's own result code, and its words.
struct database_error {
  int code = 0;
  std::string text;
};

class statement {
 public:
  statement(sqlite3* database, const char* sql);
  statement& bind(int index, std::int64_t value);
  statement& bind(int index, byte_view value);
  statement& bind(int index, const std::string& value);
  /// True while there is a row.
  bool step();
  void reset();
  std::int64_t number(int column) const;
  byte_view blob(int column) const;  ///< until the next step
  std::string text(int column) const;

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* held) const;
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, finalizer> held_;
};

/// Throws database_error, which does not leave the room.
class database {
 public:
  enum class access {
    made,      ///< for writing; made where there is none
    existing,  ///< for writing where that is allowed
    frozen,    ///< for reading what nobody writes: also where no file may be made beside it
  };
  /// `layer`: the name of a file layer (VFS) that SQLite knows; empty: its own.
  database(const std::filesystem::path& path, const std::string& layer, access how = access::made);
  /// Another process's lock is waited for so long; without this, not at all.
  void wait_at_most(std::chrono::milliseconds time);
  void run(const char* sql);
  statement prepare(const char* sql) { return {held_.get(), sql}; }
  std::int64_t number(const char* sql);
  /// What it holds is not wanted any more: closing it brings nothing in order.
  void give_up();

 private:
  struct closer {
    void operator()(sqlite3* held) const;
  };
  std::unique_ptr<sqlite3, closer> held_;
};

/// By the same layer as the database's own calls: makes a file of no bytes where there is none, and
/// takes one away where there is one.
void make_empty_file(const std::filesystem::path& path, const std::string& layer);
void remove_file(const std::filesystem::path& path, const std::string& layer);

}  // namespace mtfetch::journal_impl
