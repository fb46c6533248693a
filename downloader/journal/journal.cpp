// SPDX-License-Identifier: BSL-1.0
#include "downloader/journal/journal.hpp"

#include "downloader/journal/database.hpp"
#include "downloader/journal/database_files.hpp"
#include "downloader/journal/transaction.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace mtfetch {
namespace {

using journal_impl::database;
using journal_impl::database_error;
using journal_impl::statement;
using journal_impl::transaction;

constexpr std::int64_t application = 0x6d74664a;  // "mtfJ"
constexpr std::int64_t version = 1;

constexpr const char* tables = R"(
  PRAGMA application_id = 1836344906;
  PRAGMA user_version = 1;
  CREATE TABLE file(id INTEGER NOT NULL, size INTEGER NOT NULL, variant TEXT NOT NULL,
                    dc INTEGER NOT NULL);
  CREATE TABLE windows(offset INTEGER PRIMARY KEY, size INTEGER NOT NULL, sha256 BLOB NOT NULL,
                       verified INTEGER NOT NULL);
)";

}  // namespace

std::filesystem::path journal::path_of(const std::filesystem::path& part_file) {
  std::filesystem::path path = part_file;
  path += ".journal";
  return path;
}

journal::journal(std::filesystem::path path, file_identity identity, std::string layer)
    : path_(std::move(path)), identity_(std::move(identity)), layer_(std::move(layer)) {
  try {
    std::error_code absent;
    const std::uintmax_t size = std::filesystem::file_size(path_, absent);
    if (absent || size == 0) {
      journal_impl::make_empty_file(path_, layer_);
      return;
    }
    try {
      open();
    } catch (const database_error& failed) {
      if (!journal_impl::is_damage(failed.code)) throw;
      database_.reset();
      windows_.clear();
      dc_ = 0;
      journal_impl::put_aside(path_, layer_);
      journal_impl::make_empty_file(path_, layer_);
      state_ = found::damaged;
    }
  } catch (const database_error& failed) {
    fail(failed.code, failed.text);
  }
}

journal::~journal() = default;
journal::journal(journal&&) noexcept = default;
journal& journal::operator=(journal&&) noexcept = default;

void journal::open() {
  database_ = std::make_unique<database>(path_, layer_);
  // One process has it at a time, by the lock of NAME.part; so no shared memory file is needed.
  database_->run("PRAGMA locking_mode = EXCLUSIVE");
  const bool is_empty = database_->number("SELECT count(*) FROM sqlite_schema") == 0;
  // FULL: in WAL mode anything less leaves a commit to the page cache until the next checkpoint of
  // the database, which for a journal of this size would never come.
  constexpr const char* durably = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
  if (is_empty) {
    database_->run(durably);
    create();
    state_ = found::fresh;
    return;
  }
  if (database_->number("PRAGMA application_id") != application ||
      database_->number("PRAGMA user_version") > version) {
    state_ = found::foreign;
    database_.reset();
    return;
  }
  statement checked = database_->prepare("PRAGMA quick_check(1)");
  if (!checked.step() || checked.text(0) != "ok") throw database_error{SQLITE_CORRUPT, "damaged"};
  checked.reset();
  statement asked = database_->prepare("SELECT id, size, variant, dc FROM file");
  if (!asked.step()) throw database_error{SQLITE_CORRUPT, "it names no file"};
  file_identity had;
  had.id = asked.number(0);
  had.size = asked.number(1);
  had.variant = asked.text(2);
  dc_ = static_cast<int>(asked.number(3));
  asked.reset();
  if (had != identity_) {
    state_ = found::other;
    database_.reset();
    return;
  }
  database_->run(durably);
  load();
  state_ = found::resumed;
}

void journal::create() {
  transaction made(*database_);
  database_->run(tables);
  statement added = database_->prepare("INSERT INTO file VALUES(?, ?, ?, 0)");
  added.bind(1, identity_.id).bind(2, identity_.size).bind(3, identity_.variant);
  added.step();
  added.reset();
  made.commit();
}

void journal::need_database() {
  if (database_) return;
  const found said = state_;
  try {
    open();
  } catch (const database_error&) {
    database_.reset();  // half made, on a full disk: the next call begins again
    throw;
  }
  state_ = said;
  if (!database_) throw database_error{SQLITE_BUSY, "another program has made it meanwhile"};
}

void journal::load() {
  const std::int64_t size = database_->number("SELECT size FROM file");
  statement asked =
      database_->prepare("SELECT offset, size, sha256, verified FROM windows ORDER BY offset");
  while (asked.step()) {
    engine::window_record window;
    window.offset = asked.number(0);
    const std::int64_t length = asked.number(1);
    const byte_view digest = asked.blob(2);
    window.verified = asked.number(3) != 0;
    // A row that no version of ours wrote: the database is whole, its content is not.
    if (window.offset < 0 || window.offset % engine::hash_window != 0 || window.offset >= size ||
        length != std::min(engine::hash_window, size - window.offset) ||
        digest.size() != window.sha256.size()) {
      throw database_error{SQLITE_CORRUPT, "a window that cannot be"};
    }
    window.size = static_cast<std::int32_t>(length);
    std::ranges::copy(digest, window.sha256.begin());
    windows_.push_back(window);
  }
}

void journal::record(std::span<const engine::window_record> windows) try {
  need_database();
  transaction made(*database_);
  statement added = database_->prepare("INSERT OR REPLACE INTO windows VALUES(?, ?, ?, ?)");
  for (const engine::window_record& window : windows) {
    added.bind(1, window.offset).bind(2, std::int64_t{window.size});
    added.bind(3, byte_view(window.sha256)).bind(4, std::int64_t{window.verified});
    added.step();
    added.reset();
  }
  made.commit();
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

void journal::forget(std::span<const engine::window_record> windows) try {
  need_database();
  transaction made(*database_);
  statement removed = database_->prepare("DELETE FROM windows WHERE offset = ?");
  for (const engine::window_record& window : windows) {
    removed.bind(1, window.offset);
    removed.step();
    removed.reset();
  }
  made.commit();
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

void journal::set_dc(int dc) try {
  need_database();
  statement changed = database_->prepare("UPDATE file SET dc = ?");
  changed.bind(1, std::int64_t{dc});
  changed.step();
  dc_ = dc;
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

void journal::remove() {
  if (database_) database_->give_up();
  database_.reset();
  journal_impl::remove_files(path_, layer_);
}

void journal::remove_orphan(const std::filesystem::path& path, const std::string& layer) try {
  std::error_code absent;
  const std::uintmax_t size = std::filesystem::file_size(path, absent);
  if (!absent && size > 0) {
    database opened(path, layer);
    opened.run("PRAGMA locking_mode = EXCLUSIVE");
    const bool is_ours = opened.number("PRAGMA application_id") == application &&
                         opened.number("PRAGMA user_version") <= version;
    // What we wrote may have been in the -wal alone, and that may be gone already.
    if (!is_ours && opened.number("SELECT count(*) FROM sqlite_schema") > 0) return;
  }
  journal_impl::remove_files(path, layer);
} catch (const database_error&) {  // in use, or no database: not for us to take away
}

void journal::fail(int code, const std::string& text) const {
  if (journal_impl::is_full_disk(code)) {
    throw error(make_error_code(storage_errc::no_space),
                "the disk is full: no room for " + path_.string());
  }
  throw error(make_error_code(storage_errc::bad_journal),
              "cannot use the journal " + path_.string() + ": " + text);
}

}  // namespace mtfetch
