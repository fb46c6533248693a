// SPDX-License-Identifier: BSL-1.0
// A client that is signed in, a data centre that begins to lie to it, and what must hold of both.
#pragma once

#include <mtfetch/api/users.hpp>
#include <mtfetch/error.hpp>

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mtproto/client/session_store.hpp"
#include "tests/attacks/memory_meter.hpp"
#include "tests/attacks/secrets.hpp"
#include "tests/support/local_data_centre.hpp"

namespace mtfetch::attacks {

namespace local_dc = mtfetch::testing;  // `testing` alone would also be GoogleTest's

/// What a client may hold for an attack: gzip inflates to 16 MiB, its buffer grew from 8.
inline constexpr std::size_t most_memory = std::size_t{40} << 20;

/// How an awaited thing ended: nothing, or what was thrown.
struct ending {
  std::error_code code;
  std::string sentence;
};

template <class T>
asio::awaitable<ending> end_of(asio::awaitable<T> work) {
  ending out;
  try {
    co_await std::move(work);
  } catch (const std::system_error& e) {
    out = ending{e.code(), e.what()};
  }
  co_return out;
}

inline api::users::getUsers myself() {
  api::users::getUsers ask;
  ask.id.push_back(api::inputUserSelf());
  return ask;
}

class attacked_client : public tests::local_data_centre {
 protected:
  attacked_client() {
    write_served("one.bin", "served");
    start_cluster();
  }

  void lie(local_dc::fault_action how, std::string method, int dc, std::uint64_t times) {
    fault(std::move(how), std::move(method), dc, times);
  }
  void be_honest() { cluster->dc().faults().clear(); }
  std::uint64_t lies_told() { return cluster->dc().faults().applied(); }
  local_dc::statistics counted() { return cluster->dc().counted(); }

  /// A sentence for users: kept, to be searched for secrets when the session file can be read.
  void heard(const ending& said) {
    if (!said.code) return;
    EXPECT_FALSE(said.sentence.empty());
    sentences_.push_back(said.sentence + " / " + said.code.message());
  }

  /// The login of the session file is still good for another client: no key is made, nobody signs
  /// in. And nothing that was said has a secret in it.
  void expect_login_kept() {
    const local_dc::statistics before = counted();
    with_client([](client& user) -> asio::awaitable<void> {
      EXPECT_TRUE(user.signed_in());
      const auto users = co_await user.invoke(myself());
      EXPECT_EQ(users.size(), 1u);
    });
    EXPECT_EQ(counted().handshakes, before.handshakes);
    EXPECT_EQ(calls("auth.importBotAuthorization"), 1u);
    expect_no_secret();
  }

  void expect_no_secret() {
    secrets kept;
    kept.add_text("bot token", tests::bot_token);
    kept.add_text("api hash", settings().api_hash);
    const storage::session_store store(folder / "session", settings().network.name);
    for (const int dc : dc_options.dcs) {
      const auto key = store.read_key(dc);
      if (!key) continue;
      kept.add_bytes("key of data centre " + std::to_string(dc), key->key.view());
    }
    for (const std::string& each : sentences_) {
      EXPECT_EQ(kept.found_in(each), std::vector<std::string>()) << each;
    }
  }

 private:
  std::vector<std::string> sentences_;
};

}  // namespace mtfetch::attacks
