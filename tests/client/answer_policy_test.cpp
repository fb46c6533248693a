// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/answer_policy.hpp"

#include <gtest/gtest.h>

using namespace mtfetch;
using namespace mtfetch::client_impl;

namespace {

call_facts at_home() {
  call_facts facts;
  facts.dc = facts.home_dc = 2;
  facts.signed_in = true;
  facts.repeatable = true;
  facts.flood_wait_limit = std::chrono::seconds(20);
  return facts;
}
call_facts abroad() {
  call_facts facts = at_home();
  facts.dc = 4;
  return facts;
}
call_facts nobody() {
  call_facts facts = at_home();
  facts.signed_in = false;
  return facts;
}

template <class Expected>
Expected expect(std::int32_t code, std::string_view message, const call_facts& facts) {
  const reaction got = react(rpc_failure::parse(code, message), facts);
  const auto* same = std::get_if<Expected>(&got);
  EXPECT_NE(same, nullptr) << code << " " << message << ": got alternative " << got.index();
  return same ? *same : Expected();
}

}  // namespace

TEST(answer_policy, sends_one_call_elsewhere_or_moves_home) {
  EXPECT_EQ(expect<ask_elsewhere>(303, "FILE_MIGRATE_4", at_home()).dc, 4);
  EXPECT_EQ(expect<ask_elsewhere>(303, "STATS_MIGRATE_1", at_home()).dc, 1);
  EXPECT_EQ(expect<move_home>(303, "PHONE_MIGRATE_4", nobody()).dc, 4);
  EXPECT_EQ(expect<move_home>(303, "NETWORK_MIGRATE_5", nobody()).dc, 5);
  EXPECT_EQ(expect<move_home>(303, "USER_MIGRATE_1", nobody()).dc, 1);
  expect<give_up>(303, "FILE_MIGRATE_0", at_home());
  expect<give_up>(303, "FILE_MIGRATE", at_home());
  expect<give_up>(303, "MOON_MIGRATE_2", at_home());
  expect<give_up>(400, "FILE_MIGRATE_4", at_home());
}

TEST(answer_policy, waits_for_floods_up_to_the_limit) {
  EXPECT_EQ(expect<repeat_after>(420, "FLOOD_WAIT_20", at_home()).wait, std::chrono::seconds(20));
  EXPECT_EQ(expect<repeat_after>(420, "FLOOD_PREMIUM_WAIT_3", at_home()).wait,
            std::chrono::seconds(3));
  expect<give_up>(420, "FLOOD_WAIT_21", at_home());
  expect<give_up>(420, "FROZEN_METHOD_INVALID", at_home());
  call_facts impatient = at_home();
  impatient.wait_for_floods = false;
  expect<give_up>(420, "FLOOD_WAIT_1", impatient);
}

TEST(answer_policy, repeats_what_may_be_repeated_after_server_errors_with_growing_pauses) {
  call_facts facts = at_home();
  EXPECT_EQ(expect<repeat_after>(500, "WORKER_BUSY_TOO_LONG_RETRY", facts).wait,
            std::chrono::milliseconds(500));
  facts.server_errors = 2;
  EXPECT_EQ(expect<repeat_after>(-503, "Timeout", facts).wait, std::chrono::milliseconds(2000));
  facts.server_errors = 100;
  EXPECT_EQ(expect<repeat_after>(-500, "No workers", facts).wait, std::chrono::seconds(16));
  facts.repeatable = false;
  expect<give_up>(500, "RPC_CALL_FAIL", facts);
  expect<give_up>(-503, "Timeout", facts);
}

TEST(answer_policy, imports_the_login_again_abroad_and_ends_it_at_home) {
  expect<import_again>(401, "AUTH_KEY_UNREGISTERED", abroad());
  expect<import_again>(401, "SESSION_REVOKED", abroad());
  expect<replace_key>(406, "AUTH_KEY_DUPLICATED", abroad());
  expect<replace_key>(401, "AUTH_KEY_INVALID", abroad());
  EXPECT_FALSE(expect<login_over>(401, "AUTH_KEY_UNREGISTERED", at_home()).key_too);
  EXPECT_FALSE(expect<login_over>(401, "SESSION_REVOKED", at_home()).key_too);
  EXPECT_FALSE(expect<login_over>(401, "SESSION_EXPIRED", at_home()).key_too);
  EXPECT_FALSE(expect<login_over>(401, "USER_DEACTIVATED", at_home()).key_too);
  EXPECT_FALSE(expect<login_over>(401, "USER_DEACTIVATED_BAN", at_home()).key_too);
  EXPECT_TRUE(expect<login_over>(406, "AUTH_KEY_DUPLICATED", at_home()).key_too);
  expect<sign_in_first>(401, "AUTH_KEY_UNREGISTERED", nobody());
  expect<give_up>(401, "SESSION_PASSWORD_NEEDED", nobody());
  expect<give_up>(401, "SESSION_PASSWORD_NEEDED", at_home());
}

TEST(answer_policy, leaves_everything_else_to_the_caller) {
  expect<give_up>(400, "FILE_REFERENCE_EXPIRED", at_home());
  expect<give_up>(403, "CHAT_WRITE_FORBIDDEN", at_home());
  expect<give_up>(404, "METHOD_INVALID", at_home());
  expect<give_up>(406, "FILEREF_UPGRADE_NEEDED", at_home());
  expect<give_up>(0, "", at_home());
}

TEST(answer_policy, knows_by_their_names_which_methods_only_read) {
  EXPECT_TRUE(only_reads("upload.getFile"));
  EXPECT_TRUE(only_reads("contacts.resolveUsername"));
  EXPECT_TRUE(only_reads("messages.search"));
  EXPECT_TRUE(only_reads("messages.checkChatInvite"));
  EXPECT_FALSE(only_reads("messages.sendMessage"));
  EXPECT_FALSE(only_reads("auth.checkPassword"));
  EXPECT_FALSE(only_reads("auth.sendCode"));
  EXPECT_FALSE(only_reads("account.initTakeoutSession"));
  EXPECT_FALSE(only_reads(""));
  for (const char* method :
       {"account.getTmpPassword", "channels.searchPosts", "contacts.getLocated",
        "ephemeral.getCallbackAnswer", "messages.checkUrlAuthMatchCode",
        "messages.getBotCallbackAnswer", "messages.getInlineBotResults",
        "messages.getMessagesViews", "payments.getStarGiftWithdrawalUrl",
        "payments.getStarsRevenueWithdrawalUrl", "payments.resolveStarGiftOffer",
        "phone.getGroupCallStreamRtmpUrl"}) {
    EXPECT_FALSE(only_reads(method)) << method;
  }
}
