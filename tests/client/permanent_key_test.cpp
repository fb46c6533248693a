// SPDX-License-Identifier: BSL-1.0
// What it takes for a permanent key, and the login with it, to be given up.
#include "mtproto/client/key_trial.hpp"
#include "tests/client/cluster_fixture.hpp"
#include "tests/client/meddle.hpp"

#include <mtfetch/api/users.hpp>

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

}  // namespace

TEST_F(permanent_key, survives_two_false_refusals_of_a_binding) {
  sign_in_long_ago(settings());
  refuse_bindings(2);
  with_client([](client& user) -> asio::awaitable<void> { co_await ask_for_myself(user); });
  EXPECT_EQ(counted().handshakes, 1u);
  EXPECT_EQ(calls("help.getNearestDc"), 1u) << "asked under the key itself";
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
