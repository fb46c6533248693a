// SPDX-License-Identifier: BSL-1.0
#include "downloader/catalogue/catalogue.hpp"

#include "downloader/journal/database.hpp"
#include "downloader/journal/database_files.hpp"
#include "downloader/journal/transaction.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace mtfetch {
namespace {

namespace fs = std::filesystem;
using journal_impl::database;
using journal_impl::database_error;
using journal_impl::statement;
using journal_impl::transaction;

constexpr std::int64_t application = 0x6d746643;  // "mtfC"
constexpr std::int64_t version = 1;
const std::string own_layer;  // of files: SQLite's own
constexpr const char* file_name = ".mtfetch.db";

constexpr const char* tables = R"(
  PRAGMA application_id = 1836344899;
  PRAGMA user_version = 1;
  CREATE TABLE files(name TEXT PRIMARY KEY, id INTEGER NOT NULL, size INTEGER NOT NULL,
                     variant TEXT NOT NULL, dc INTEGER NOT NULL, kind TEXT NOT NULL,
                     link TEXT NOT NULL, username TEXT NOT NULL, channel_id INTEGER NOT NULL,
                     message_id INTEGER NOT NULL, finished INTEGER NOT NULL,
                     sha256 TEXT NOT NULL, windows BLOB NOT NULL, verified BLOB NOT NULL);
)";

bool is_empty(database& asked) {
  return asked.number("SELECT count(*) FROM sqlite_schema") == 0;
}

// A file in the folder itself. What comes from a stranger's database might be anything.
bool is_file_name(std::string_view name) {
  constexpr std::string_view ends_one("/\0", 2);
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(ends_one) == std::string_view::npos;
}

// For a sentence: what a terminal would act on becomes its number.
std::string shown(std::string_view name) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char letter : name) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if (byte >= ' ' && byte != 0x7f) {
      text += letter;
    } else {
      text += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return text;
}

bool is_busy(int code) {
  return (code & 0xff) == SQLITE_BUSY;
}

// What SQLite keeps beside it later takes its mode. Only where there is none: to close a file that
// SQLite has open elsewhere in this process would end its locks.
void make_private(const fs::path& path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made != -1) ::close(made);
}

}  // namespace

fs::path catalogue::path_of(const fs::path& folder) {
  return folder / file_name;
}

bool catalogue::is_own_name(const std::string& name) {
  return name.starts_with(file_name);
}

catalogue::catalogue(const fs::path& folder, std::chrono::milliseconds patience)
    : path_(path_of(folder)), patience_(patience) {
  try {
    try {
      open();
    } catch (const database_error& failed) {
      if (!journal_impl::is_damage(failed.code)) throw;
      begin_anew();
    }
  } catch (const database_error& failed) {
    fail(failed.code, failed.text);
  }
}

catalogue::catalogue(std::unique_ptr<database> opened, fs::path path)
    : path_(std::move(path)), database_(std::move(opened)) {}

catalogue::~catalogue() = default;
catalogue::catalogue(catalogue&&) noexcept = default;
catalogue& catalogue::operator=(catalogue&&) noexcept = default;

std::optional<catalogue> catalogue::open_existing(const fs::path& folder) {
  const fs::path path = path_of(folder);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  catalogue found(nullptr, path);
  try {
    try {
      found.database_ = std::make_unique<database>(path, own_layer, database::access::existing);
      found.database_->wait_at_most(found.patience_);
      if (is_empty(*found.database_)) return std::nullopt;  // its maker has not come further yet
    } catch (const database_error& failed) {
      // A folder that nothing can be made in has no writer either.
      const int kind = failed.code & 0xff;
      if (kind != SQLITE_CANTOPEN && kind != SQLITE_READONLY) throw;
      found.database_ = std::make_unique<database>(path, own_layer, database::access::frozen);
    }
    found.check();
  } catch (const database_error& failed) {
    found.fail(failed.code, failed.text);
  }
  return found;
}

void catalogue::open() {
  make_private(path_);
  database_ = std::make_unique<database>(path_, own_layer);
  database_->wait_at_most(patience_);
  try {
    database_->run("PRAGMA journal_mode = WAL");
  } catch (const database_error& failed) {
    if (!is_busy(failed.code)) throw;  // another process is just doing the same
  }
  database_->run("PRAGMA synchronous = FULL");
  if (is_empty(*database_)) {
    transaction made(*database_, transaction::lock::at_once);
    if (is_empty(*database_)) database_->run(tables);  // nobody else did meanwhile
    made.commit();
  }
  check();
}

void catalogue::begin_anew() {
  database_.reset();
  journal_impl::put_aside(path_, own_layer);
  was_damaged_ = true;
  open();
}

void catalogue::check() const {
  if (database_->number("PRAGMA application_id") != application) {
    fail(SQLITE_OK, "it is not one of mtfetch's");
  }
  if (database_->number("PRAGMA user_version") > version) {
    fail(SQLITE_OK, "a later version of mtfetch wrote it");
  }
}

void catalogue::wait_at_most(std::chrono::milliseconds patience) {
  patience_ = patience;
  if (database_) database_->wait_at_most(patience);
}

void catalogue::record(std::span<const catalogued_file> files) try {
  try {
    write(files);
  } catch (const database_error& failed) {
    if (!journal_impl::is_damage(failed.code)) throw;
    begin_anew();
    write(files);
  }
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

void catalogue::write(std::span<const catalogued_file> files) {
  transaction made(*database_, transaction::lock::at_once);
  statement added = database_->prepare(
      "INSERT OR REPLACE INTO files VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const catalogued_file& file : files) {
    added.bind(1, file.name).bind(2, file.identity.id).bind(3, file.identity.size);
    added.bind(4, file.identity.variant).bind(5, std::int64_t{file.dc}).bind(6, file.kind);
    added.bind(7, file.origin.link).bind(8, file.origin.username);
    added.bind(9, file.origin.channel_id).bind(10, std::int64_t{file.origin.message_id});
    added.bind(11, file.finished).bind(12, file.sha256);
    added.bind(13, file.windows.digests()).bind(14, file.windows.marks());
    added.step();
    added.reset();
  }
  made.commit();
}

std::vector<std::string> catalogue::names() try {
  std::vector<std::string> found;
  statement asked = database_->prepare("SELECT name FROM files ORDER BY name");
  while (asked.step()) found.push_back(asked.text(0));
  return found;
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

std::vector<catalogued_document> catalogue::documents() try {
  std::vector<catalogued_document> found;
  statement asked = database_->prepare("SELECT name, id, size, variant FROM files");
  while (asked.step()) {
    catalogued_document one{asked.text(0), {asked.number(1), asked.number(2), asked.text(3)}};
    if (is_file_name(one.name)) found.push_back(std::move(one));
  }
  return found;
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

// The table came later than the others: who does not know it loses nothing.
void catalogue::record_folders(std::span<const std::string> below) try {
  transaction made(*database_, transaction::lock::at_once);
  database_->run("CREATE TABLE IF NOT EXISTS folders(name TEXT PRIMARY KEY)");
  statement added = database_->prepare("INSERT OR IGNORE INTO folders VALUES(?)");
  for (const std::string& name : below) {
    added.bind(1, name);
    added.step();
    added.reset();
  }
  made.commit();
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

std::vector<std::string> catalogue::folders() try {
  std::vector<std::string> found;
  if (database_->number("SELECT count(*) FROM sqlite_schema WHERE name = 'folders'") == 0) {
    return found;
  }
  statement asked = database_->prepare("SELECT name FROM folders ORDER BY name");
  while (asked.step()) {
    std::string name = asked.text(0);
    const fs::path path(name);
    const bool stays = path.is_relative() && !path.empty() &&
                       std::ranges::all_of(path, [](const fs::path& element) {
                         return is_file_name(element.string());
                       });
    if (stays) found.push_back(std::move(name));
  }
  return found;
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

std::optional<catalogued_file> catalogue::find(const std::string& name) try {
  statement asked = database_->prepare(
      "SELECT id, size, variant, dc, kind, link, username, channel_id, message_id, finished, "
      "sha256, windows, verified FROM files WHERE name = ?");
  asked.bind(1, name);
  if (!asked.step()) return std::nullopt;
  if (!is_file_name(name)) {
    fail(SQLITE_OK, "its entry \"" + shown(name) + "\" is no name of a file in the folder");
  }
  catalogued_file file;
  file.name = name;
  file.identity.id = asked.number(0);
  file.identity.size = asked.number(1);
  file.identity.variant = asked.text(2);
  file.dc = static_cast<int>(asked.number(3));
  file.kind = asked.text(4);
  file.origin.link = asked.text(5);
  file.origin.username = asked.text(6);
  file.origin.channel_id = asked.number(7);
  file.origin.message_id = static_cast<std::int32_t>(asked.number(8));
  file.finished = asked.number(9);
  file.sha256 = asked.text(10);
  auto windows = window_digests::read(file.identity.size, asked.blob(11), asked.blob(12));
  // A row that no version of ours wrote: the database is whole, its content is not.
  if (!windows) throw database_error{SQLITE_CORRUPT, "the hashes of " + name + " cannot be"};
  file.windows = std::move(*windows);
  return file;
} catch (const database_error& failed) {
  fail(failed.code, failed.text);
}

void catalogue::fail(int code, const std::string& text) const {
  if (journal_impl::is_full_disk(code)) {
    throw error(make_error_code(storage_errc::no_space),
                "the disk is full: no room for " + path_.string());
  }
  throw error(make_error_code(storage_errc::bad_journal),
              "cannot use the catalogue " + path_.string() + ": " + text);
}

}  // namespace mtfetch
