// SPDX-License-Identifier: BSL-1.0
// Every lie that a data centre can tell in a session, to a whole client over loopback: it costs
// what its row says, and afterwards the same client works on with the same login.
#include <algorithm>
#include <variant>

#include "tests/attacks/attacked_client.hpp"

using namespace mtfetch;
using namespace mtfetch::attacks;
using local_dc::session_lie;

namespace {

enum class costs {
  nothing,       ///< it is passed over on the connection it came by; the call is answered
  a_connection,  ///< that connection is closed; the call is answered on the next
  the_call,      ///< the call ends in an error; the next one is answered
};

struct attack {
  const char* name;
  session_lie lie;
  costs price;
  std::error_code said = {};  ///< with the_call: by what error
};

const attack attacks_in_a_session[] = {
    {"wrong_msg_key", session_lie::wrong_msg_key, costs::a_connection},
    {"unknown_key_id", session_lie::unknown_key_id, costs::a_connection},
    {"no_padding", session_lie::no_padding, costs::a_connection},
    {"short_padding", session_lie::short_padding, costs::a_connection},
    {"long_padding", session_lie::long_padding, costs::a_connection},
    {"unaligned", session_lie::unaligned, costs::a_connection},
    {"length_past_end", session_lie::length_past_end, costs::a_connection},
    {"length_negative", session_lie::length_negative, costs::a_connection},
    {"length_unaligned", session_lie::length_unaligned, costs::a_connection},
    {"foreign_session", session_lie::foreign_session, costs::a_connection},
    {"replayed", session_lie::replayed, costs::nothing},
    {"replayed_thrice", session_lie::replayed_thrice, costs::nothing},
    {"old_id", session_lie::old_id, costs::nothing},
    {"future_id", session_lie::future_id, costs::nothing},
    {"even_id", session_lie::even_id, costs::a_connection},
    {"nobodys_id", session_lie::nobodys_id, costs::a_connection},
    {"nested_container", session_lie::nested_container, costs::a_connection},
    {"item_above_container", session_lie::item_above_container, costs::a_connection},
    {"container_of_2_31", session_lie::container_of_2_31, costs::a_connection},
    {"item_past_end", session_lie::item_past_end, costs::a_connection},
    {"gzip_in_gzip", session_lie::gzip_in_gzip, costs::a_connection},
    {"gzip_bomb", session_lie::gzip_bomb, costs::a_connection},
    {"gzip_bomb_in_answer", session_lie::gzip_bomb_in_answer, costs::the_call,
     protocol_errc::gzip_too_large},
    {"gzip_bombs_in_container", session_lie::gzip_bombs_in_container, costs::a_connection},
    {"vector_of_2_31", session_lie::vector_of_2_31, costs::a_connection},
    {"vector_of_2_31_in_answer", session_lie::vector_of_2_31_in_answer, costs::the_call,
     protocol_errc::bad_length},
    {"length_past_end_in_answer", session_lie::length_past_end_in_answer, costs::the_call,
     protocol_errc::bad_length},
    {"answer_to_nothing", session_lie::answer_to_nothing, costs::nothing},
    {"unknown_constructor", session_lie::unknown_constructor, costs::nothing},
    {"garbage", session_lie::garbage, costs::a_connection},
    {"session_flood", session_lie::session_flood, costs::nothing},
    {"ack_flood", session_lie::ack_flood, costs::nothing},
    {"question_flood", session_lie::question_flood, costs::nothing},
    {"complaint_flood", session_lie::complaint_flood, costs::nothing},
};

std::string name_of(const ::testing::TestParamInfo<attack>& row) {
  return row.param.name;
}
void PrintTo(const attack& row, std::ostream* to) {
  *to << row.name;
}

class attacked_session : public attacked_client, public ::testing::WithParamInterface<attack> {};

}  // namespace

TEST_P(attacked_session, works_on_with_its_login) {
  const attack& row = GetParam();
  with_bot([this, &row](client& user) -> asio::awaitable<void> {
    // The time is trusted and the session announced before the lie.
    co_await user.invoke(myself());
    const std::uint64_t lies = lies_told();
    const std::uint64_t connections = counted().connections;
    lie(row.lie, "users.getUsers", 2, 1);
    const memory_meter meter;
    const ending attacked = co_await end_of(user.invoke(myself()));
    EXPECT_EQ(lies_told(), lies + 1) << "nobody was attacked";
    heard(attacked);
    EXPECT_EQ(attacked.code, row.said) << attacked.sentence;
    be_honest();
    for (int calls = 0; calls < 3; ++calls) {
      const auto users = co_await user.invoke(myself());
      EXPECT_EQ(users.size(), 1u);
    }
    EXPECT_LT(meter.peak(), most_memory);
    const std::uint64_t lost = counted().connections - connections;
    EXPECT_LE(lost, row.price == costs::nothing ? 0u : 1u);
    EXPECT_GE(lost, row.price == costs::a_connection ? 1u : 0u);
    EXPECT_TRUE(user.signed_in());
    EXPECT_EQ(user.user_id(), 4242);
    EXPECT_EQ(counted().handshakes, 1u);
  });
  expect_login_kept();
}

INSTANTIATE_TEST_SUITE_P(by, attacked_session, ::testing::ValuesIn(attacks_in_a_session), name_of);

// Again and again, and then no more.
TEST_F(attacked_client, outlives_every_lie_told_for_a_while) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    co_await user.invoke(myself());
    for (const attack& row : attacks_in_a_session) {
      if (row.price != costs::a_connection) continue;
      lie(row.lie, "users.getUsers", 2, 2);
      heard(co_await end_of(user.invoke(myself())));
      be_honest();
      const auto users = co_await user.invoke(myself());
      EXPECT_EQ(users.size(), 1u) << row.name;
    }
    EXPECT_EQ(counted().handshakes, 1u);
  });
  expect_login_kept();
}

TEST(the_lies_of_a_session, have_a_row_each) {
  std::size_t lies = 0;
  for (const local_dc::named_lie& each : local_dc::all_lies()) {
    const auto* in_session = std::get_if<session_lie>(&each.lie);
    if (in_session == nullptr) continue;
    ++lies;
    EXPECT_TRUE(std::ranges::any_of(attacks_in_a_session, [&](const attack& row) {
      return row.lie == *in_session && row.name == each.name;
    })) << each.name;
  }
  EXPECT_EQ(lies, std::size(attacks_in_a_session));
}
