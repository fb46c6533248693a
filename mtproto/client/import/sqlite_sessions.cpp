// SPDX-License-Identifier: BSL-1.0
// Session files of Telethon and Pyrogram: SQLite, read from memory, so that the file is neither
// locked nor written to.
#include "mtproto/client/import/formats.hpp"

#include <mtfetch/error.hpp>

#include <sqlite3.h>

#include <limits>
#include <memory>

namespace mtfetch::foreign {
namespace {

constexpr int most_steps = 2'000;   // of the handler below
constexpr int step_size = 100'000;  // instructions; a session of 100,000 peers takes some 20
constexpr int most_peers = 100'000;
constexpr std::int64_t channel_base = -1'000'000'000'000;  // marked ids: -100 and the channel's id

struct close_database {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct finalize {
  void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
};

class database {
 public:
  database(bytes& file, const std::string& name) : name_(name) {
    // The form that keeps a log beside it: read from memory there is none.
    if (file.size() > 19 && file[18] == 2 && file[19] == 2) file[18] = file[19] = 1;
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE, nullptr);
    handle_.reset(handle);
    const auto size = static_cast<sqlite3_int64>(file.size());
    if (opened != SQLITE_OK || sqlite3_deserialize(handle, "main", file.data(), size, size,
                                                   SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
      refuse(name_, "SQLite cannot read it");
    }
    // The file decides what is run: neither functions nor endless queries in its views.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_progress_handler(
        handle, step_size, [](void* left) { return --*static_cast<int*>(left) < 0 ? 1 : 0; },
        &steps_left_);
  }

  /// Nothing where the file has no such tables or columns.
  std::unique_ptr<sqlite3_stmt, finalize> query(const char* sql) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql, -1, &handle, nullptr);
    std::unique_ptr<sqlite3_stmt, finalize> out(handle);
    if (code == SQLITE_OK) return out;
    if (code != SQLITE_ERROR) fail(code);
    return nullptr;
  }

  bool next(sqlite3_stmt* row) {
    const int code = sqlite3_step(row);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail(code);
    return code == SQLITE_ROW;
  }

  [[noreturn]] void fail(int code) const {
    if (code == SQLITE_NOTADB) refuse(name_, "neither a session file nor a folder tdata");
    refuse(name_, "damaged");
  }

 private:
  const std::string& name_;
  int steps_left_ = most_steps;
  std::unique_ptr<sqlite3, close_database> handle_;
};

std::string text_of(sqlite3_stmt* row, int column) {
  if (sqlite3_column_type(row, column) != SQLITE_TEXT) return {};
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return data == nullptr ? std::string() : std::string(data, size);
}

byte_view blob_of(sqlite3_stmt* row, int column) {
  if (sqlite3_column_type(row, column) != SQLITE_BLOB) return {};
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

// Ids as both write them: people as they are, groups negative, channels behind -100.
std::optional<cached_peer> marked_peer(std::int64_t id, std::int64_t access_hash) {
  cached_peer out;
  out.access_hash = access_hash;
  if (id == 0 || id < 4 * channel_base) return std::nullopt;
  if (id > 0) {
    out.type = cached_peer::kind::user;
    out.id = id;
  } else if (id < channel_base) {
    out.type = cached_peer::kind::channel;
    out.id = channel_base - id;
  } else {
    out.type = cached_peer::kind::chat;
    out.id = -id;
    out.access_hash = 0;
  }
  return out;
}

void read_peers(database& file, const char* sql, foreign_session& into) {
  const auto row = file.query(sql);
  if (!row) return;  // a version without them
  while (file.next(row.get()) && into.peers.size() < most_peers) {
    const std::int64_t id = sqlite3_column_int64(row.get(), 0);
    const std::int64_t hash = sqlite3_column_int64(row.get(), 1);
    // Telethon notes under id 0 whose login it is.
    if (id == 0 && into.format == session_format::telethon_file && hash > 0) into.user_id = hash;
    auto peer = marked_peer(id, hash);
    if (!peer) continue;
    peer->username = text_of(row.get(), 2);
    if (peer->username.size() > 64) continue;
    into.peers.push_back(std::move(*peer));
  }
}

}  // namespace

foreign_session read_sqlite_session(bytes& file, const std::string& name) {
  database from(file, name);
  foreign_session out;
  const char* peers = nullptr;
  auto row = from.query("SELECT dc_id, auth_key, server_address, port FROM sessions");
  if (row) {
    out.format = session_format::telethon_file;
    peers = "SELECT id, hash, username FROM entities";
  } else {
    row = from.query("SELECT dc_id, auth_key, test_mode, user_id, is_bot, api_id FROM sessions");
    if (!row) row = from.query("SELECT dc_id, auth_key, test_mode, user_id, is_bot FROM sessions");
    if (!row) refuse(name, "a database, but not a session of Telethon or Pyrogram");
    out.format = session_format::pyrogram_file;
    peers = "SELECT id, access_hash, username FROM peers";
  }
  sqlite3_stmt* at = row.get();
  if (!from.next(at)) refuse(name, "nobody is signed in: it has no session");
  out.home = checked_key(sqlite3_column_int64(at, 0), blob_of(at, 1), name);
  if (out.format == session_format::telethon_file) {
    out.ip = text_of(at, 2);
    const std::int64_t port = sqlite3_column_int64(at, 3);
    if (out.ip.size() > 64 || port < 0 || port > 0xffff) refuse(name, "its address is none");
    out.port = static_cast<std::uint16_t>(port);
  } else {
    out.test = sqlite3_column_int64(at, 2) != 0;
    out.user_id = sqlite3_column_int64(at, 3);
    if (sqlite3_column_type(at, 4) != SQLITE_NULL) out.bot = sqlite3_column_int64(at, 4) != 0;
    const std::int64_t api_id = sqlite3_column_count(at) > 5 ? sqlite3_column_int64(at, 5) : 0;
    if (out.user_id < 0 || api_id < 0 || api_id > std::numeric_limits<std::int32_t>::max()) {
      refuse(name, "an id in it is negative or too large");
    }
    out.api_id = static_cast<std::int32_t>(api_id);
  }
  if (from.next(at))
    refuse(name, "more than one session in it, and none of them is said to be the one");
  read_peers(from, peers, out);
  return out;
}

}  // namespace mtfetch::foreign
