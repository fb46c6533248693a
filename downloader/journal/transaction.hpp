// SPDX-License-Identifier: BSL-1.0
// All of what is written while it lives, or nothing.
#pragma once

#include "downloader/journal/database.hpp"

namespace mtfetch::journal_impl {

/// Throws database_error, as the database does.
class transaction {
 public:
  enum class lock {
    when_needed,
    at_once,  ///< what is read in it stays true until it is written
  };
  explicit transaction(database& over, lock taken = lock::when_needed) : over_(over) {
    over_.run(taken == lock::at_once ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  ~transaction() {
    if (committed_) return;
    try {
      over_.run("ROLLBACK");
    } catch (const database_error&) {  // SQLite has rolled back by itself, on a full disk
    }
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit() {
    over_.run("COMMIT");
    committed_ = true;
  }

 private:
  database& over_;
  bool committed_ = false;
};

}  // namespace mtfetch::journal_impl
