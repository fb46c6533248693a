// SPDX-License-Identifier: BSL-1.0
// What it takes for a permanent key, and the login with it, to be given up.
#include "mtproto/client/key_trial.hpp"
#include "tests/client/cluster_fixture.hpp"
#include "tests/client/meddle.hpp"
#include "tests/client/relay.hpp"

#include <mtfetch/api/users.hpp>

#include <algorithm>
#include <memory>

using namespace mtfetch;
using namespace mtfetch::client_test;

namespace {

class permanent_key : public cluster_fixture {
 protected:
  // Signed in by an earlier run; the key is of an age at which it is not spared any more.
  void sign_in_long_ago(config how) {
    with_client(how, [](client& user) -> asio::awaitable<void> {
      std::string token = bot_token;
      co_await user.sign_in_bot(token);
    });
    meddle(folder / "session", "UPDATE keys SET made = made - 3600");
  }
  void refuse_bindings(std::uint64_t times) {
    fault(error_answer(400, "ENCRYPTED_MESSAGE_INVALID"), "auth.bindTempAuthKey", 2, times);
  }
  local_dc::statistics counted() { return cluster->dc().counted(); }
};

asio::awaitable<void> ask_for_myself(client& user) {
  api::users::getUsers ask;
  ask.id.push_back(api::inputUserSelf());
  const auto users = co_await user.invoke(ask);
  EXPECT_EQ(users.size(), 1u);
  EXPECT_TRUE(user.signed_in());
}

// Says -404 to what comes under a key, as anybody on the way can, to so many connections.
void forge_unknown_key(relay& between, int connections) {
  between.let_through([left = std::make_shared<int>(connections)](byte_view first) {
    // ee ee ee ee, the length, and the id of the key: 0 while one is made.
    const bool sealed = first.size() >= 16 &&
                        std::ranges::any_of(first.subspan(8, 8), [](auto b) { return b != 0; });
    return !sealed || (*left)-- <= 0;
  });
  between.refuse_with({4, 0, 0, 0, 0x6c, 0xfe, 0xff, 0xff});
}

}  // namespace

TEST_F(permanent_key, survives_two_false_refusals_of_a_binding) {
  sign_in_long_ago(settings());
  refuse_bindings(2);
  with_client([](client& user) -> asio::awaitable<void> { co_await ask_for_myself(user); });
  EXPECT_EQ(counted().handshakes, 1u);
  EXPECT_EQ(calls("help.getNearestDc"), 1u) << "asked under the key itself";
}

TEST_F(permanent_key, is_not_even_tried_while_it_is_young) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    refuse_bindings(2);
    cluster->dc().forget_temporary_keys();
    co_await ask_for_myself(user);
    EXPECT_EQ(calls("help.getNearestDc"), 0u);
    EXPECT_EQ(counted().handshakes, 1u);
  });
}

TEST_F(permanent_key, survives_forged_transport_errors) {
  config how = settings();
  how.forward_secrecy = false;
  how.wire.framing = packet_framing::intermediate;
  how.wire.obfuscated = false;
  sign_in_long_ago(how);
  asio::io_context loop;
  relay between(loop.get_executor(), how.network);
  how.network = between.front();
  client user(loop.get_executor(), how);
  forge_unknown_key(between, 2);
  const auto all = [&]() -> asio::awaitable<void> {
    co_await user.connect();
    co_await ask_for_myself(user);
  };
  net_test::run(loop, all(), std::chrono::seconds(40));
  EXPECT_EQ(counted().handshakes, 1u);
  EXPECT_EQ(counted().temporary_keys, 1u) << "a binding tells what the key is worth";
  user.stop();
  loop.run_for(std::chrono::seconds(1));
}

TEST_F(permanent_key, is_of_use_again_after_any_failure_of_a_binding) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    const local_dc::fault_action actions[] = {
        error_answer(400, "EXPIRES_AT_INVALID"),
        error_answer(400, "TEMP_AUTH_KEY_EMPTY"),
        error_answer(500, "RPC_CALL_FAIL"),
        error_answer(-503, "Timeout"),
        local_dc::garbage_answer{},  // nor is boolFalse a success
        local_dc::reset_connection{},
    };
    for (const local_dc::fault_action& action : actions) {
      const auto before = calls("auth.bindTempAuthKey");
      fault(action, "auth.bindTempAuthKey");
      cluster->dc().forget_temporary_keys();
      co_await ask_for_myself(user);
      EXPECT_GE(calls("auth.bindTempAuthKey"), before + 1);
    }
    EXPECT_EQ(cluster->dc().faults().applied(), std::size(actions));
    EXPECT_EQ(counted().handshakes, 1u);
    EXPECT_LE(calls("CONNECTION_NOT_INITED"), std::size(actions))
        << "a call that was under way is made once more, with initConnection";
  });
}

TEST(key_trial, spares_young_keys_and_those_that_were_bound_lately) {
  constexpr std::int64_t now = 1'000'000'000;
  constexpr std::int64_t hour = 3600;
  const auto may = [](std::int64_t made, std::int64_t bound) {
    const storage::dc_key key{crypto::auth_key(std::array<std::uint8_t, 256>{}), 0, true, made,
                              bound};
    return client_impl::may_be_lost(key, now);
  };
  EXPECT_FALSE(may(now, 0));
  EXPECT_FALSE(may(now - 59, now));
  EXPECT_TRUE(may(now - 60, 0));
  EXPECT_TRUE(may(now - 23 * hour, now - hour)) << "not old enough to be trusted";
  EXPECT_FALSE(may(now - 25 * hour, now - 23 * hour));
  EXPECT_TRUE(may(now - 50 * hour, now - 25 * hour));
  EXPECT_TRUE(may(0, 0)) << "nothing is known of it";
  EXPECT_TRUE(may(now + hour, 0)) << "the clock was put back";
}
