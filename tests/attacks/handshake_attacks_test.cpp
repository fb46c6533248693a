// SPDX-License-Identifier: BSL-1.0
// Every lie that a data centre can tell while a key is made, to a whole client over loopback: it
// says which check failed, makes no key, and works on as soon as the data centre is honest.
#include <algorithm>
#include <variant>

#include "tests/attacks/attacked_client.hpp"

using namespace mtfetch;
using namespace mtfetch::attacks;
using local_dc::handshake_lie;

namespace {

struct attack {
  const char* name;
  handshake_lie lie;
  std::error_code said;               ///< none: a key is made all the same
  std::uint64_t times = 0;            ///< how many exchanges are attacked; 0: all
  std::error_code at_connect = said;  ///< what connect() says, which tries but once
};

const attack attacks_on_the_key[] = {
    {"wrong_nonce", handshake_lie::wrong_nonce, security_errc::nonce_mismatch},
    {"wrong_server_nonce", handshake_lie::wrong_server_nonce, security_errc::server_nonce_mismatch},
    {"prime_pq", handshake_lie::prime_pq, security_errc::bad_pq},
    {"unknown_fingerprints", handshake_lie::unknown_fingerprints,
     security_errc::unknown_fingerprint},
    {"wrong_answer_hash", handshake_lie::wrong_answer_hash, security_errc::answer_hash_mismatch},
    {"wrong_inner_nonce", handshake_lie::wrong_inner_nonce, security_errc::nonce_mismatch},
    {"composite_prime", handshake_lie::composite_prime, security_errc::bad_dh_prime},
    {"unsafe_prime", handshake_lie::unsafe_prime, security_errc::bad_dh_prime},
    {"small_prime", handshake_lie::small_prime, security_errc::bad_dh_prime},
    {"bad_generator", handshake_lie::bad_generator, security_errc::bad_dh_generator},
    {"zero_g_a", handshake_lie::zero_g_a, security_errc::bad_dh_public},
    {"one_g_a", handshake_lie::one_g_a, security_errc::bad_dh_public},
    {"prime_less_one_g_a", handshake_lie::prime_less_one_g_a, security_errc::bad_dh_public},
    {"prime_g_a", handshake_lie::prime_g_a, security_errc::bad_dh_public},
    {"small_g_a", handshake_lie::small_g_a, security_errc::bad_dh_public},
    {"large_g_a", handshake_lie::large_g_a, security_errc::bad_dh_public},
    {"wrong_new_nonce_hash", handshake_lie::wrong_new_nonce_hash,
     security_errc::new_nonce_mismatch},
    {"retry_once", handshake_lie::retry_once, {}},
    {"retry_for_ever", handshake_lie::retry_for_ever, security_errc::dh_retry_limit},
    {"fail", handshake_lie::fail, security_errc::dh_refused},
    {"fail_with_wrong_hash", handshake_lie::fail_with_wrong_hash,
     security_errc::new_nonce_mismatch},
    // What is no answer at all says nothing about the data centre: another try is made.
    {"garbage_for_an_answer",
     handshake_lie::garbage_for_an_answer,
     {},
     1,
     protocol_errc::bad_message},
};

std::string name_of(const ::testing::TestParamInfo<attack>& row) {
  return row.param.name;
}
void PrintTo(const attack& row, std::ostream* to) {
  *to << row.name;
}

class attacked_key_exchange : public attacked_client, public ::testing::WithParamInterface<attack> {
 protected:
  asio::awaitable<void> attacked_then_not(client& user) {
    const ending attacked = co_await end_of(user.connect());
    heard(attacked);
    EXPECT_EQ(attacked.code, GetParam().at_connect) << attacked.sentence;
    EXPECT_FALSE(attacked.code && user.signed_in());
    be_honest();
    co_await user.connect();
    const std::string token = tests::bot_token;
    co_await user.sign_in_bot(token);
    EXPECT_EQ(user.user_id(), 4242);
  }
};

asio::awaitable<void> call_at(client& user, int dc) {
  const auto there = co_await user.open_channel(dc);
  const auto users = co_await there->invoke(myself());
  EXPECT_EQ(users.size(), 1u);
}

}  // namespace

// A login at home, and a key at another data centre that is still to be made.
TEST_P(attacked_key_exchange, ends_in_an_error_and_costs_no_login) {
  const attack& row = GetParam();
  with_bot([this, &row](client& user) -> asio::awaitable<void> {
    co_await user.invoke(myself());
    lie(row.lie, "", 4, row.times);
    const memory_meter meter;
    const ending attacked = co_await end_of(call_at(user, 4));
    EXPECT_GE(lies_told(), 1u) << "nobody was attacked";
    EXPECT_LT(meter.peak(), most_memory);
    heard(attacked);
    EXPECT_EQ(attacked.code, row.said) << attacked.sentence;
    if (row.said) {
      EXPECT_NE(attacked.sentence.find("data centre 4"), std::string::npos) << attacked.sentence;
    }
    // The client's own, whatever becomes of the other.
    const auto at_home = co_await user.invoke(myself());
    EXPECT_EQ(at_home.size(), 1u);

    be_honest();
    // An exchange that was under way by then may end once more as it began.
    const ending late = co_await end_of(call_at(user, 4));
    if (late.code) {
      EXPECT_EQ(late.code, row.said) << late.sentence;
      co_await call_at(user, 4);
    }
    EXPECT_TRUE(user.signed_in());
  });
  expect_login_kept();
}

// No key yet at all.
TEST_P(attacked_key_exchange, ends_in_an_error_and_leaves_no_key) {
  const attack& row = GetParam();
  lie(row.lie, "", 2, row.times);
  asio::io_context loop;
  client user(loop.get_executor(), settings());
  net_test::run(loop, attacked_then_not(user));
  user.stop();
  loop.run_for(std::chrono::seconds(5));
  expect_login_kept();
}

INSTANTIATE_TEST_SUITE_P(by, attacked_key_exchange, ::testing::ValuesIn(attacks_on_the_key),
                         name_of);

TEST(the_lies_of_a_key_exchange, have_a_row_each) {
  std::size_t lies = 0;
  for (const local_dc::named_lie& each : local_dc::all_lies()) {
    const auto* in_handshake = std::get_if<handshake_lie>(&each.lie);
    if (in_handshake == nullptr) continue;
    ++lies;
    EXPECT_TRUE(std::ranges::any_of(attacks_on_the_key, [&](const attack& row) {
      return row.lie == *in_handshake && row.name == each.name;
    })) << each.name;
  }
  EXPECT_EQ(lies, std::size(attacks_on_the_key));
}
