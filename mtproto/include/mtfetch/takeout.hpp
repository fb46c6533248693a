// SPDX-License-Identifier: BSL-1.0
// Takeout sessions: exports of an account's data, for which Telegram asks to wait less.
#pragma once

#include <mtfetch/error.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstdint>

namespace mtfetch {

class client;

/// Telegram lets the export begin only later (TAKEOUT_INIT_DELAY_X), unless the person confirms it
/// on another device. The sentence says until when and what to do. To ask again before is useless.
class takeout_delayed : public error {
 public:
  explicit takeout_delayed(std::chrono::seconds wait);
  std::chrono::seconds wait() const { return wait_; }

 private:
  std::chrono::seconds wait_;
};

/// A takeout session: calls made with its id in invoke_options::takeout, on any connection and any
/// data centre, are part of it. End it with finish(): a destructor cannot wait for an answer. One
/// that was left behind does no harm: Telegram ends it when the account begins another.
/// Belongs to the client's executor, and to the client, which must outlive it.
/// https://core.telegram.org/api/takeout
class takeout {
 public:
  std::int64_t id() const { return id_; }

  /// Tells Telegram that the export is over, and whether all that was wanted was fetched. Once. A
  /// session that is over already is no error; otherwise it throws like client::invoke.
  asio::awaitable<void> finish(bool success);

 private:
  friend asio::awaitable<takeout> begin_takeout(client& client, std::int64_t file_max_size);
  takeout(client& of, std::int64_t id) : of_(&of), id_(id) {}

  client* of_;
  std::int64_t id_;
};

/// Throws client_errc::not_for_bots when a bot is signed in, without asking anybody.
void check_takeout(const client& client);

/// Begins a session for files of at most so many bytes and for the messages of channels and groups
/// that carry them; the account's session before it ends. Throws takeout_delayed,
/// client_errc::not_for_bots before any call, or like client::invoke. Cancelled while Telegram is
/// asked, it waits up to 5 s for the answer and finishes the session that came, before it throws
/// operation_aborted; where it could not, that is a mtfetch::error whose sentence says so.
/// https://core.telegram.org/method/account.initTakeoutSession
asio::awaitable<takeout> begin_takeout(client& client, std::int64_t file_max_size);

}  // namespace mtfetch
