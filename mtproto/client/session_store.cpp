// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/session_store.hpp"

#include "mtproto/client/sqlite.hpp"

#include <mtfetch/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mtfetch::storage {
namespace {

// "mtfs": what SQLite's own header carries to tell our files from others'.
constexpr int application = 0x6d746673;
constexpr int schema_version = 2;
constexpr const char* schema =
    "CREATE TABLE network(name TEXT NOT NULL);"
    "CREATE TABLE login(home_dc INTEGER NOT NULL, user_id INTEGER NOT NULL, bot INTEGER NOT NULL);"
    "CREATE TABLE keys(dc INTEGER PRIMARY KEY, key BLOB NOT NULL, salt INTEGER NOT NULL,"
    " authorized INTEGER NOT NULL, made INTEGER NOT NULL DEFAULT 0,"
    " bound INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE peers(type INTEGER NOT NULL, id INTEGER NOT NULL, access_hash INTEGER NOT NULL,"
    " username TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY(type, id));"
    "CREATE INDEX peers_by_name ON peers(username);";
constexpr const char* from_version_1 =
    "ALTER TABLE keys ADD COLUMN made INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;"
    "PRAGMA user_version = 2;";

std::string_view bare(std::string_view username) {
  return username.starts_with('@') ? username.substr(1) : username;
}

cached_peer read_peer(const statement& row) {
  cached_peer peer;
  peer.type = static_cast<cached_peer::kind>(row.number(0));
  peer.id = row.number(1);
  peer.access_hash = row.number(2);
  peer.username = row.text(3);
  return peer;
}

}  // namespace

struct session_store::database : sqlite {
  using sqlite::sqlite;
};

session_store::session_store(const std::filesystem::path& file, const std::string& network)
    : name_(file.empty() ? "memory" : file.string()) {
  if (!file.empty()) prepare_file(file);
  database_ = std::make_unique<database>(file.empty() ? ":memory:" : file.string(), name_);
  check_and_migrate(network);
}

session_store::~session_store() = default;

void session_store::prepare_file(const std::filesystem::path& file) const {
  const auto refuse = [this](const std::string& why) {
    throw error(storage_errc::bad_session_file, "session file " + name_ + ": " + why);
  };
  std::error_code ec;
  if (file.has_parent_path() && !std::filesystem::exists(file.parent_path(), ec)) {
    std::filesystem::create_directories(file.parent_path(), ec);
    if (ec) refuse("its folder cannot be made: " + ec.message());
    std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, ec);
  }
  // Closed to others before SQLite sees it, and without following a link that somebody else laid.
  // A file that is there is not opened: closing it would drop the locks this process has on it.
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made >= 0) {
    ::close(made);
    return;
  }
  if (errno != EEXIST) refuse(std::generic_category().message(errno));
  struct stat facts {};
  if (::lstat(file.c_str(), &facts) != 0) refuse(std::generic_category().message(errno));
  if (!S_ISREG(facts.st_mode)) refuse("not a regular file");
  if ((facts.st_mode & 0077) != 0 && ::chmod(file.c_str(), 0600) != 0) {
    refuse("others may read it, and that cannot be changed");
  }
}

void session_store::check_and_migrate(const std::string& network) {
  sqlite& db = *database_;
  // Exclusive from here to the end: the lock that keeps a second process out.
  db.run("PRAGMA locking_mode = EXCLUSIVE");
  db.run("PRAGMA secure_delete = ON");
  db.run("BEGIN EXCLUSIVE");
  const bool empty = db.number("SELECT count(*) FROM sqlite_master") == 0;
  const std::int64_t version = db.number("PRAGMA user_version");
  if (empty) {
    db.run(schema);
    db.run("PRAGMA application_id = " + std::to_string(application));
    db.run("PRAGMA user_version = " + std::to_string(schema_version));
    statement insert(db, "INSERT INTO network VALUES(?)");
    insert.bind(1, network).run();
    db.run("INSERT INTO login VALUES(0, 0, 0)");
  } else if (db.number("PRAGMA application_id") != application) {
    db.refuse("a database, but not a session file of mtfetch");
  } else if (version < 1 || version > schema_version) {
    db.refuse("made by a later version of mtfetch (format " + std::to_string(version) +
              ", this one reads " + std::to_string(schema_version) + ")");
  } else if (db.text("PRAGMA quick_check(1)") != "ok") {
    db.refuse("damaged");
  } else if (const std::string other = db.text("SELECT name FROM network"); other != network) {
    db.refuse("belongs to the network \"" + other + "\", not to \"" + network + "\"");
  }
  if (!empty && version == 1) db.run(from_version_1);
  db.run("COMMIT");
}

login session_store::read_login() const {
  statement row(*database_, "SELECT home_dc, user_id, bot FROM login");
  login out;
  if (row.next()) {
    out.home_dc = static_cast<int>(row.number(0));
    out.user_id = row.number(1);
    out.bot = row.number(2) != 0;
  }
  return out;
}

void session_store::write_login(const login& value) {
  statement update(*database_, "UPDATE login SET home_dc = ?, user_id = ?, bot = ?");
  update.bind(1, value.home_dc).bind(2, value.user_id).bind(3, value.bot ? 1 : 0).run();
}

std::optional<dc_key> session_store::read_key(int dc) const {
  statement row(*database_, "SELECT key, salt, authorized, made, bound FROM keys WHERE dc = ?");
  if (!row.bind(1, dc).next()) return std::nullopt;
  const byte_view blob = row.blob(0);
  std::array<std::uint8_t, 256> key{};
  if (blob.size() != key.size()) database_->refuse("a key in it has the wrong size");
  std::copy(blob.begin(), blob.end(), key.begin());
  dc_key out{crypto::auth_key(key), row.number(1), row.number(2) != 0, row.number(3),
             row.number(4)};
  crypto::wipe(key);
  return out;
}

void session_store::write_key(int dc, const dc_key& value) {
  statement insert(*database_, "INSERT OR REPLACE INTO keys VALUES(?, ?, ?, ?, ?, ?)");
  insert.bind(1, dc).bind(2, value.key.view()).bind(3, value.salt);
  insert.bind(4, value.authorized ? 1 : 0).bind(5, value.made).bind(6, value.bound).run();
}

void session_store::write_salt(int dc, std::int64_t salt) {
  statement update(*database_, "UPDATE keys SET salt = ? WHERE dc = ?");
  update.bind(1, salt).bind(2, dc).run();
}

void session_store::write_authorized(int dc, bool authorized) {
  statement update(*database_, "UPDATE keys SET authorized = ? WHERE dc = ?");
  update.bind(1, authorized ? 1 : 0).bind(2, dc).run();
}

void session_store::write_bound(int dc, std::int64_t when) {
  statement update(*database_, "UPDATE keys SET bound = ? WHERE dc = ?");
  update.bind(1, when).bind(2, dc).run();
}

void session_store::erase_key(int dc) {
  statement erase(*database_, "DELETE FROM keys WHERE dc = ?");
  erase.bind(1, dc).run();
}

void session_store::erase_login() {
  database_->run(
      "BEGIN; UPDATE keys SET authorized = 0; DELETE FROM peers;"
      "UPDATE login SET user_id = 0, bot = 0; COMMIT");
}

void session_store::erase_keys() {
  database_->run("DELETE FROM keys");
}

void session_store::at_once(const std::function<void()>& writes) {
  database_->run("BEGIN");
  try {
    writes();
    database_->run("COMMIT");
  } catch (...) {
    try {
      database_->run("ROLLBACK");
    } catch (const error&) {  // SQLite has rolled back by itself; what happened first is told
    }
    throw;
  }
}

std::optional<cached_peer> session_store::find_peer(std::string_view username) const {
  if (bare(username).empty()) return std::nullopt;
  statement row(*database_, "SELECT type, id, access_hash, username FROM peers WHERE username = ?");
  if (!row.bind(1, bare(username)).next()) return std::nullopt;
  return read_peer(row);
}

std::optional<cached_peer> session_store::find_peer(cached_peer::kind type, std::int64_t id) const {
  statement row(*database_,
                "SELECT type, id, access_hash, username FROM peers WHERE type = ? AND id = ?");
  if (!row.bind(1, static_cast<int>(type)).bind(2, id).next()) return std::nullopt;
  return read_peer(row);
}

void session_store::write_peer(const cached_peer& peer) {
  erase_peer(peer.username);
  statement insert(*database_, "INSERT OR REPLACE INTO peers VALUES(?, ?, ?, ?)");
  insert.bind(1, static_cast<int>(peer.type)).bind(2, peer.id).bind(3, peer.access_hash);
  insert.bind(4, bare(peer.username)).run();
}

void session_store::erase_peer(std::string_view username) {
  if (bare(username).empty()) return;
  // The peer stays known by its id.
  statement update(*database_, "UPDATE peers SET username = '' WHERE username = ?");
  update.bind(1, bare(username)).run();
}

}  // namespace mtfetch::storage
