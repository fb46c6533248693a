// SPDX-License-Identifier: BSL-1.0
#include "tests/client/ask_for_myself.hpp"
#include "tests/client/cluster_fixture.hpp"
#include "tests/client/meddle.hpp"

#include <mtfetch/api/auth.hpp>
#include <mtfetch/api/help.hpp>
#include <mtfetch/api/upload.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

using namespace mtfetch;
using namespace mtfetch::client_test;

using invoking = cluster_fixture;

namespace {

asio::awaitable<void> ends_with(client& user, std::error_code expected,
                                std::chrono::milliseconds deadline) {
  invoke_options options;
  options.deadline = deadline;
  const thrown said = co_await error_of(user.invoke(myself(), options));
  EXPECT_EQ(said.code, expected) << said.sentence;
}

}  // namespace

TEST_F(invoking, needs_somebody_signed_in) {
  with_client([](client& user) -> asio::awaitable<void> {
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_EQ(said.code, client_errc::not_signed_in);
    EXPECT_EQ(said.sentence, "users.getUsers needs an account, and nobody is signed in");
  });
}

TEST_F(invoking, says_what_the_server_refused) {
  fault(error_answer(400, "USER_ID_INVALID"), "users.getUsers");
  with_bot([](client& user) -> asio::awaitable<void> {
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_TRUE(said.failure && said.failure->is("USER_ID_INVALID"));
    EXPECT_EQ(said.code.category(), rpc_category());
    EXPECT_EQ(said.code.value(), 400);
    EXPECT_NE(said.sentence.find("users.getUsers"), std::string::npos);
  });
}

TEST_F(invoking, waits_for_a_short_flood_and_says_a_long_one) {
  fault(error_answer(420, "FLOOD_WAIT_1"), "users.getUsers");
  with_bot([](client& user) -> asio::awaitable<void> { co_await ask_for_myself(user); });
  EXPECT_EQ(calls("users.getUsers"), 2u);
  fault(error_answer(420, "FLOOD_WAIT_3600"), "users.getUsers");
  with_client([](client& user) -> asio::awaitable<void> {
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_TRUE(said.failure && said.failure->is("FLOOD_WAIT")) << said.sentence;
    EXPECT_EQ(said.failure->argument, 3600);
  });
}

TEST_F(invoking, does_not_wait_past_the_deadline) {
  fault(error_answer(420, "FLOOD_WAIT_10"), "users.getUsers");
  with_bot([](client& user) -> asio::awaitable<void> {
    invoke_options options;
    options.deadline = std::chrono::seconds(5);
    const thrown said = co_await error_of(user.invoke(myself(), options));
    EXPECT_TRUE(said.failure && said.failure->is("FLOOD_WAIT")) << said.sentence;
  });
}

TEST_F(invoking, repeats_after_a_server_error_only_what_may_be_repeated) {
  fault(error_answer(500, "RPC_CALL_FAIL"), "users.getUsers");
  with_bot([](client& user) -> asio::awaitable<void> { co_await ask_for_myself(user); });
  EXPECT_EQ(calls("users.getUsers"), 2u);
  fault(error_answer(-503, "Timeout"), "users.getUsers");
  with_client([](client& user) -> asio::awaitable<void> {
    invoke_options options;
    options.repeatable = false;
    const thrown said = co_await error_of(user.invoke(myself(), options));
    EXPECT_TRUE(said.failure.has_value()) << said.sentence;
    EXPECT_EQ(said.failure->code, -503);
  });
}

TEST_F(invoking, follows_a_migration_of_one_call) {
  fault(error_answer(303, "FILE_MIGRATE_4"), "help.getNearestDc", 2);
  with_bot([](client& user) -> asio::awaitable<void> {
    const api::help::getNearestDc ask;
    const auto there = co_await user.invoke(ask);
    EXPECT_EQ(there.this_dc, 4);
    EXPECT_EQ(user.home_dc(), 2);
    const auto here = co_await user.invoke(ask);
    EXPECT_EQ(here.this_dc, 2);
  });
}

TEST_F(invoking, follows_the_account_to_another_home) {
  fault(error_answer(303, "NETWORK_MIGRATE_1"), "help.getNearestDc", 2);
  with_client([](client& user) -> asio::awaitable<void> {
    const api::help::getNearestDc ask;
    const auto there = co_await user.invoke(ask);
    EXPECT_EQ(there.this_dc, 1);
    EXPECT_EQ(user.home_dc(), 1);
  });
}

TEST_F(invoking, does_not_run_in_circles) {
  fault(error_answer(303, "FILE_MIGRATE_4"), "help.getNearestDc", 2, 0);
  fault(error_answer(303, "FILE_MIGRATE_2"), "help.getNearestDc", 4, 0);
  with_client([](client& user) -> asio::awaitable<void> {
    const api::help::getNearestDc ask;
    const thrown said = co_await error_of(user.invoke(ask));
    EXPECT_EQ(said.code, client_errc::too_many_migrations);
  });
  EXPECT_EQ(calls("help.getNearestDc"), 6u);
}

TEST_F(invoking, names_a_data_centre_that_the_network_does_not_have) {
  fault(error_answer(303, "FILE_MIGRATE_9"), "help.getNearestDc");
  with_client([](client& user) -> asio::awaitable<void> {
    const api::help::getNearestDc ask;
    const thrown said = co_await error_of(user.invoke(ask));
    EXPECT_EQ(said.code, client_errc::unknown_dc);
    EXPECT_NE(said.sentence.find("data centre 9"), std::string::npos);
    invoke_options options;
    options.dc = 7;
    const thrown asked = co_await error_of(user.invoke(ask, options));
    EXPECT_EQ(asked.code, client_errc::unknown_dc);
  });
}

TEST_F(invoking, takes_the_login_along_once_for_all_who_need_it) {
  with_bot([](client& user) -> asio::awaitable<void> {
    using namespace asio::experimental::awaitable_operators;
    invoke_options there;
    there.dc = 4;
    co_await (ask_for_myself(user, there) && ask_for_myself(user, there) &&
              ask_for_myself(user, there));
  });
  EXPECT_EQ(calls("auth.importAuthorization"), 1u);
  EXPECT_EQ(cluster->dc().counted().handshakes, 2u);
  // The next client knows from the session file that it was done.
  with_client([](client& user) -> asio::awaitable<void> {
    invoke_options there;
    there.dc = 4;
    co_await ask_for_myself(user, there);
  });
  EXPECT_EQ(calls("auth.importAuthorization"), 1u);
  EXPECT_EQ(cluster->dc().counted().handshakes, 2u);
}

TEST_F(invoking, exports_the_login_again_when_the_first_came_too_late) {
  fault(error_answer(400, "AUTH_BYTES_INVALID"), "auth.importAuthorization", 4, 2);
  with_bot([](client& user) -> asio::awaitable<void> {
    invoke_options there;
    there.dc = 4;
    co_await ask_for_myself(user, there);
  });
  EXPECT_EQ(calls("auth.exportAuthorization"), 3u);
}

TEST_F(invoking, imports_the_login_again_where_it_was_forgotten) {
  fault(error_answer(401, "AUTH_KEY_UNREGISTERED"), "users.getUsers", 4, 1);
  with_bot([](client& user) -> asio::awaitable<void> {
    invoke_options there;
    there.dc = 4;
    co_await ask_for_myself(user, there);
    EXPECT_TRUE(user.signed_in());
  });
  EXPECT_EQ(calls("auth.importAuthorization"), 2u);
}

TEST_F(invoking, gives_up_where_the_login_is_always_forgotten) {
  fault(error_answer(401, "AUTH_KEY_UNREGISTERED"), "users.getUsers", 4, 0);
  with_bot([](client& user) -> asio::awaitable<void> {
    invoke_options there;
    there.dc = 4;
    const thrown said = co_await error_of(user.invoke(myself(), there));
    EXPECT_TRUE(said.failure && said.failure->is("AUTH_KEY_UNREGISTERED")) << said.sentence;
    EXPECT_TRUE(user.signed_in());
  });
}

TEST_F(invoking, makes_another_key_where_a_foreign_data_centre_lost_it) {
  const auto ask_abroad = [](client& user) -> asio::awaitable<void> {
    invoke_options there;
    there.dc = 4;
    co_await ask_for_myself(user, there);
    EXPECT_TRUE(user.signed_in());
  };
  with_bot(ask_abroad);
  meddle(folder / "session",
         "UPDATE keys SET key = randomblob(256), made = made - 3600 WHERE dc = 4");
  with_client(ask_abroad);
  EXPECT_EQ(cluster->dc().counted().handshakes, 3u);
  EXPECT_EQ(calls("auth.importAuthorization"), 2u);
}

TEST_F(invoking, says_in_plain_words_that_the_login_was_ended) {
  fault(error_answer(401, "SESSION_REVOKED"), "users.getUsers");
  with_bot([](client& user) -> asio::awaitable<void> {
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_EQ(said.code, client_errc::not_signed_in);
    EXPECT_NE(said.sentence.find("ended from another device"), std::string::npos) << said.sentence;
    EXPECT_FALSE(user.signed_in());
  });
  with_client([](client& user) -> asio::awaitable<void> {
    EXPECT_FALSE(user.signed_in());
    co_return;
  });
}

TEST_F(invoking, says_who_it_is_again_when_the_server_asks) {
  with_bot([this](client& user) -> asio::awaitable<void> {
    co_await ask_for_myself(user);
    fault(error_answer(400, "CONNECTION_NOT_INITED"), "users.getUsers");
    co_await ask_for_myself(user);
    fault(error_answer(400, "CONNECTION_LAYER_INVALID"), "users.getUsers", 0, 0);
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_TRUE(said.failure && said.failure->is("CONNECTION_LAYER_INVALID")) << said.sentence;
  });
}

TEST_F(invoking, ends_at_its_deadline) {
  fault(local_dc::drop_answer{}, "users.getUsers", 0, 0);
  with_bot([](client& user) -> asio::awaitable<void> {
    invoke_options options;
    options.deadline = std::chrono::milliseconds(100);
    const thrown said = co_await error_of(user.invoke(myself(), options));
    EXPECT_EQ(said.code, client_errc::deadline);
    EXPECT_EQ(said.sentence, "users.getUsers: no answer from data centre 2 before the deadline");
    // The connection goes on.
    const api::help::getNearestDc ask;
    const auto nearest = co_await user.invoke(ask);
    EXPECT_EQ(nearest.this_dc, 2);
  });
}

TEST_F(invoking, can_be_cancelled) {
  fault(local_dc::drop_answer{}, "users.getUsers", 0, 0);
  with_bot([](client& user) -> asio::awaitable<void> {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer soon(co_await asio::this_coro::executor, std::chrono::milliseconds(50));
    const auto outcome = co_await (user.invoke(myself()) || soon.async_wait(asio::use_awaitable));
    EXPECT_EQ(outcome.index(), 1u);
    const api::help::getNearestDc ask;
    const auto nearest = co_await user.invoke(ask);
    EXPECT_EQ(nearest.this_dc, 2);
  });
}

TEST_F(invoking, waits_for_room_when_the_queue_is_full) {
  fault(local_dc::drop_answer{}, "users.getUsers", 0, 2);
  config how = settings();
  how.queue_limit = 2;
  with_client(how, [](client& user) -> asio::awaitable<void> {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    using namespace asio::experimental::awaitable_operators;
    using std::chrono::milliseconds;
    co_await (ends_with(user, client_errc::deadline, milliseconds(300)) &&
              ends_with(user, client_errc::deadline, milliseconds(300)) &&
              ends_with(user, client_errc::queue_full, milliseconds(50)) && ask_for_myself(user));
  });
}

TEST_F(invoking, passes_a_place_in_the_queue_on_when_its_heir_is_cancelled) {
  fault(local_dc::delay_answer{std::chrono::milliseconds(100)}, "users.getUsers");
  config how = settings();
  how.queue_limit = 1;
  with_client(how, [](client& user) -> asio::awaitable<void> {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
    asio::cancellation_signal cancel;
    const auto executor = co_await asio::this_coro::executor;
    const auto first = [&]() -> asio::awaitable<void> {
      co_await ask_for_myself(user);
      cancel.emit(asio::cancellation_type::terminal);  // the next was woken, and has not run yet
    };
    const auto heir = [&]() -> asio::awaitable<void> { co_await ask_for_myself(user); };
    std::exception_ptr ended;
    const auto begin_heir = [&]() -> asio::awaitable<void> {
      asio::co_spawn(executor, heir(),
                     asio::bind_cancellation_slot(
                         cancel.slot(), [&](const std::exception_ptr& why) { ended = why; }));
      co_return;
    };
    const auto last = [&]() -> asio::awaitable<void> {
      co_await asio::post(executor, asio::use_awaitable);
      co_await ask_for_myself(user);
    };
    using namespace asio::experimental::awaitable_operators;
    co_await (first() && begin_heir() && last());
    EXPECT_TRUE(ended) << "it was cancelled";
  });
}

TEST_F(invoking, may_be_told_to_wait_for_ever) {
  with_bot([](client& user) -> asio::awaitable<void> {
    invoke_options options;
    options.deadline = std::chrono::milliseconds::max();
    co_await ask_for_myself(user, options);
  });
}

TEST_F(invoking, tells_what_the_session_file_refuses_and_goes_on) {
  config how = settings();
  how.forward_secrecy = false;
  with_client(how, [](client& user) -> asio::awaitable<void> {
    std::string token = bot_token;
    co_await user.sign_in_bot(token);
  });
  meddle(folder / "session",
         "CREATE TRIGGER full BEFORE UPDATE OF salt ON keys BEGIN SELECT RAISE(FAIL, 'full'); END");
  with_client(how, [this](client& user) -> asio::awaitable<void> {
    cluster->dc().change_salts();
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_EQ(said.code.category(), storage_category()) << said.sentence;
    EXPECT_NE(said.sentence.find((folder / "session").string()), std::string::npos);
    co_await ask_for_myself(user);
  });
}

TEST_F(invoking, takes_an_answer_that_cannot_be_read_for_what_it_is) {
  fault(local_dc::garbage_answer{}, "users.getUsers");
  with_bot([](client& user) -> asio::awaitable<void> {
    const thrown said = co_await error_of(user.invoke(myself()));
    EXPECT_EQ(said.code.category(), protocol_category()) << said.sentence;
    EXPECT_NE(said.sentence.find("users.getUsers"), std::string::npos) << said.sentence;
  });
}

TEST_F(invoking, passes_on_a_serialized_call) {
  with_bot([](client& user) -> asio::awaitable<void> {
    bytes request = tl::serialize(myself());
    const shared_bytes answer = co_await user.invoke_bytes(std::move(request), "users.getUsers");
    const auto users = tl::parse<std::vector<api::User>>(answer.view(), answer.owner());
    EXPECT_TRUE(users.has_value());
  });
}
