// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/state_store.hpp"

#include <algorithm>
#include <array>
#include <mtfetch/error.hpp>

#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

constexpr const char* layout = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS secret(name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS auth_key(
  dc INTEGER, id INTEGER, key BLOB NOT NULL, salts BLOB NOT NULL, expires_at INTEGER NOT NULL,
  bound_to INTEGER NOT NULL, layer INTEGER NOT NULL, account INTEGER NOT NULL,
  awaiting_password INTEGER NOT NULL, login INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(dc, id));
CREATE TABLE IF NOT EXISTS session(
  dc INTEGER, key INTEGER, id INTEGER, unique_id INTEGER NOT NULL, content_sent INTEGER NOT NULL,
  announced INTEGER NOT NULL, floor INTEGER NOT NULL, received BLOB NOT NULL,
  PRIMARY KEY(dc, key, id));
CREATE TABLE IF NOT EXISTS kept(
  dc INTEGER, key INTEGER, session INTEGER, id INTEGER, seqno INTEGER NOT NULL,
  answers INTEGER NOT NULL, head BLOB NOT NULL, recipe BLOB NOT NULL,
  PRIMARY KEY(dc, key, session, id));
CREATE TABLE IF NOT EXISTS file_hash(
  document INTEGER, part INTEGER, digests BLOB NOT NULL, PRIMARY KEY(document, part));
CREATE TABLE IF NOT EXISTS person(
  phone TEXT PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL);
)sql";

std::filesystem::path file_in(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    throw error(failed,
                "Cannot make the state folder " + folder.string() + ": " + failed.message());
  }
  return folder / "cluster.db";
}

bytes pack_salts(const salt_schedule& salts) {
  bytes packed;
  tl::writer out(packed);
  for (const salt_period& period : salts.periods()) {
    out.i64(period.valid_since);
    out.i64(period.valid_until);
    out.i64(period.salt);
  }
  return packed;
}

std::vector<salt_period> unpack_salts(byte_view packed) {
  std::vector<salt_period> periods;
  tl::reader in(packed);
  while (in.remaining() >= 24) {
    salt_period period;
    period.valid_since = in.i64();
    period.valid_until = in.i64();
    period.salt = in.i64();
    periods.push_back(period);
  }
  return periods;
}

bytes pack_received(const received_messages& received) {
  bytes packed;
  tl::writer out(packed);
  for (const auto& [id, message] : received.all()) {
    out.i64(id);
    out.i32(message.seqno);
    out.i32(static_cast<std::int32_t>(message.progress));
    out.i64(message.answer);
  }
  return packed;
}

std::map<std::int64_t, received_message> unpack_received(byte_view packed) {
  std::map<std::int64_t, received_message> received;
  tl::reader in(packed);
  while (in.remaining() >= 24) {
    const std::int64_t id = in.i64();
    received_message message;
    message.seqno = in.i32();
    const std::int32_t progress = in.i32();
    message.progress = static_cast<progress_of_message>(progress & 3);
    message.answer = in.i64();
    // A call that was running when the process ended never gets its answer: it did not come.
    if (message.progress != progress_of_message::running) received.emplace(id, message);
  }
  return received;
}

}  // namespace

state_store::state_store(const std::filesystem::path& folder) : database_(file_in(folder)) {
  database_.run(layout);
  bool knows_logins = false;  // a state of before does not
  {
    statement find(database_, "SELECT 1 FROM pragma_table_info('auth_key') WHERE name = 'login'");
    knows_logins = find.next();
  }
  if (!knows_logins) {
    database_.run("ALTER TABLE auth_key ADD COLUMN login INTEGER NOT NULL DEFAULT 0");
  }
}

bytes state_store::value(std::string_view name) {
  statement find(database_, "SELECT value FROM secret WHERE name = ?");
  find.bind(name);
  return find.next() ? find.blob(0) : bytes();
}

void state_store::set_value(std::string_view name, byte_view value) {
  statement put(database_, "INSERT OR REPLACE INTO secret VALUES(?, ?)");
  put.bind(name).bind(value).next();
}

void state_store::save_key(int dc, const server_key& key) {
  const bytes salts = pack_salts(key.salts);
  statement put(database_, "INSERT OR REPLACE INTO auth_key VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind(dc).bind(key.key.id()).bind(key.key.view()).bind(byte_view(salts));
  put.bind(key.expires_at).bind(key.bound_to).bind(key.layer);
  put.bind(key.allowed.account).bind(key.allowed.awaiting_password);
  put.bind(key.allowed.login).next();
}

void state_store::erase_key(int dc, std::int64_t id) {
  for (const char* sql :
       {"DELETE FROM kept WHERE dc = ? AND key = ?", "DELETE FROM session WHERE dc = ? AND key = ?",
        "DELETE FROM auth_key WHERE dc = ? AND id = ?"}) {
    statement(database_, sql).bind(dc).bind(id).next();
  }
}

void state_store::save_session(int dc, std::int64_t key, const server_session::snapshot& session) {
  const bytes received = pack_received(session.received);
  statement put(database_, "INSERT OR REPLACE INTO session VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind(dc).bind(key).bind(session.id).bind(session.unique_id).bind(session.content_sent);
  put.bind(session.announced ? 1 : 0).bind(session.received.floor()).bind(byte_view(received));
  put.next();
  statement clear(database_, "DELETE FROM kept WHERE dc = ? AND key = ? AND session = ?");
  clear.bind(dc).bind(key).bind(session.id).next();
  for (const kept_message& message : session.kept) {
    const auto* streamed = std::get_if<streamed_body>(message.body.get());
    if (streamed != nullptr && streamed->recipe.empty()) continue;
    const byte_view head =
        streamed != nullptr ? byte_view(streamed->head) : byte_view(std::get<bytes>(*message.body));
    const byte_view recipe = streamed != nullptr ? byte_view(streamed->recipe) : byte_view();
    statement keep(database_, "INSERT OR REPLACE INTO kept VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    keep.bind(dc).bind(key).bind(session.id).bind(message.id).bind(message.seqno);
    keep.bind(message.answers).bind(head).bind(recipe).next();
  }
}

void state_store::erase_session(int dc, std::int64_t key, std::int64_t session) {
  for (const char* sql : {"DELETE FROM kept WHERE dc = ? AND key = ? AND session = ?",
                          "DELETE FROM session WHERE dc = ? AND key = ? AND id = ?"}) {
    statement(database_, sql).bind(dc).bind(key).bind(session).next();
  }
}

std::vector<std::shared_ptr<server_key>> state_store::load_keys(int dc, const random_source& random,
                                                                const body_maker& make_body) {
  std::vector<std::shared_ptr<server_key>> keys;
  statement find(
      database_,
      "SELECT key, salts, expires_at, bound_to, layer, account, awaiting_password, login "
      "FROM auth_key WHERE dc = ?");
  find.bind(dc);
  while (find.next()) {
    const bytes raw = find.blob(0);
    std::array<std::uint8_t, 256> secret{};
    if (raw.size() != secret.size()) continue;
    std::ranges::copy(raw, secret.begin());
    auto key = std::make_shared<server_key>(crypto::auth_key(secret),
                                            salt_schedule(unpack_salts(find.blob(1)), random));
    key->expires_at = find.number(2);
    key->bound_to = find.number(3);
    key->layer = static_cast<std::int32_t>(find.number(4));
    key->allowed.account = find.number(5);
    key->allowed.awaiting_password = find.number(6);
    key->allowed.login = find.number(7);
    key->changed = false;
    load_sessions(dc, *key, random, make_body);
    keys.push_back(std::move(key));
  }
  return keys;
}

void state_store::load_sessions(int dc, server_key& key, const random_source& random,
                                const body_maker& make_body) {
  statement find(database_,
                 "SELECT id, unique_id, content_sent, announced, floor, received FROM session "
                 "WHERE dc = ? AND key = ?");
  find.bind(dc).bind(key.key.id());
  while (find.next()) {
    server_session::snapshot stored;
    stored.id = find.number(0);
    stored.unique_id = find.number(1);
    stored.content_sent = static_cast<std::int32_t>(find.number(2));
    stored.announced = find.number(3) != 0;
    stored.received.restore(unpack_received(find.blob(5)), find.number(4));
    stored.kept = load_kept(dc, key.key.id(), stored.id, make_body);
    const std::int64_t id = stored.id;
    key.sessions.emplace(id,
                         std::make_shared<server_session>(std::move(stored), key.salts, random));
  }
}

std::vector<kept_message> state_store::load_kept(int dc, std::int64_t key, std::int64_t session,
                                                 const body_maker& make_body) {
  std::vector<kept_message> kept;
  statement find(database_,
                 "SELECT id, seqno, answers, head, recipe FROM kept "
                 "WHERE dc = ? AND key = ? AND session = ?");
  find.bind(dc).bind(key).bind(session);
  while (find.next()) {
    kept_message message;
    message.id = find.number(0);
    message.seqno = static_cast<std::int32_t>(find.number(1));
    message.answers = find.number(2);
    bytes head = find.blob(3);
    const bytes recipe = find.blob(4);
    if (recipe.empty()) {
      message.body = std::make_shared<const message_body>(std::move(head));
    } else {
      auto body = make_body(recipe);
      if (!body) continue;  // the file is not served any more
      body->head = std::move(head);
      message.body = std::make_shared<const message_body>(std::move(*body));
    }
    kept.push_back(std::move(message));
  }
  return kept;
}

bytes state_store::hashes(std::int64_t document, std::int64_t group) {
  statement find(database_, "SELECT digests FROM file_hash WHERE document = ? AND part = ?");
  find.bind(document).bind(group);
  return find.next() ? find.blob(0) : bytes();
}

void state_store::set_hashes(std::int64_t document, std::int64_t group, byte_view digests) {
  statement put(database_, "INSERT OR REPLACE INTO file_hash VALUES(?, ?, ?)");
  put.bind(document).bind(group).bind(digests).next();
}

void state_store::add_person(const person& signed_up) {
  statement put(database_, "INSERT OR REPLACE INTO person VALUES(?, ?, ?)");
  put.bind(std::string_view(signed_up.phone)).bind(std::string_view(signed_up.first_name));
  put.bind(std::string_view(signed_up.last_name)).next();
}

std::vector<state_store::person> state_store::people() {
  std::vector<person> found;
  statement find(database_, "SELECT phone, first_name, last_name FROM person");
  while (find.next()) found.push_back({find.text(0), find.text(1), find.text(2)});
  return found;
}

}  // namespace mtfetch::testing
