// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include <mtfetch/error.hpp>
#include <mtfetch/testing.hpp>

#include "mtproto/testing/protocol/salt_schedule.hpp"
#include "mtproto/testing/protocol/state_store.hpp"
#include "tests/testing/scripted_client.hpp"
#include "tests/testing/served_folder.hpp"

namespace mtfetch::testing {
namespace {

TEST(salts, keep_the_old_one_until_it_lapses) {
  salt_schedule salts(5, 10'000, seeded(1));
  EXPECT_EQ(salts.current(10'000), 5);
  EXPECT_EQ(salts.current(11'799), 5);
  const std::int64_t second = salts.current(11'800);
  EXPECT_NE(second, 5);
  EXPECT_TRUE(salts.accepts(5, 13'599));
  EXPECT_FALSE(salts.accepts(5, 13'600));
  EXPECT_TRUE(salts.accepts(second, 13'600));
  EXPECT_FALSE(salts.accepts(second + 1, 13'600));
}

TEST(salts, are_given_out_before_their_time_and_not_taken_then) {
  salt_schedule salts(5, 10'000, seeded(1));
  const auto future = salts.future(3, 10'000);
  ASSERT_EQ(future.size(), 3U);
  EXPECT_FALSE(salts.accepts(future[1].salt, 10'000));
  EXPECT_TRUE(salts.accepts(future[1].salt, future[1].valid_since));
  EXPECT_EQ(salts.future(1000, 10'000).size(), 64U);
  EXPECT_EQ(salts.future(-5, 10'000).size(), 1U);
}

TEST(salts, begin_anew_after_a_long_silence_or_on_demand) {
  salt_schedule salts(5, 10'000, seeded(1));
  const std::int64_t later = salts.current(10'000'000);
  EXPECT_TRUE(salts.accepts(later, 10'000'001));
  EXPECT_LE(salts.periods().size(), 2U);
  salts.begin_anew(10'000'002);
  EXPECT_FALSE(salts.accepts(later, 10'000'002));
}

std::shared_ptr<server_key> key_number(std::uint64_t number) {
  std::array<std::uint8_t, 256> raw{};
  seeded(number)(raw);
  return std::make_shared<server_key>(crypto::auth_key(raw), salt_schedule(1, 10'000, seeded(1)));
}

TEST(key_ring, lets_go_of_strangers_that_were_used_longest_ago) {
  key_ring ring(3);
  std::vector<std::shared_ptr<server_key>> keys;
  for (std::uint64_t number = 0; number < 6; ++number) keys.push_back(key_number(number));
  const auto id = [&](std::size_t number) { return keys[number]->key.id(); };
  keys[0]->allowed.account = 1;
  keys[1]->expires_at = 20'000;  // a temporary key of that account
  keys[1]->bound_to = id(0);
  for (std::size_t number = 0; number < 5; ++number) {
    EXPECT_TRUE(ring.add(keys[number]).empty()) << number;
  }
  EXPECT_TRUE(ring.find(id(2), 10'000));
  EXPECT_EQ(ring.add(keys[5]), std::vector<std::int64_t>{id(3)});
  EXPECT_FALSE(ring.contains(id(3)));
  for (const std::size_t number : {0U, 1U, 2U, 4U, 5U}) EXPECT_TRUE(ring.contains(id(number)));
}

std::optional<streamed_body> no_body(byte_view) {
  return std::nullopt;
}

TEST(state_store, keeps_keys_sessions_and_answers) {
  const served_folder folder;
  scripted_client client;
  const std::int64_t id = client.next_id();
  client.deliver(id, 1, some_call());
  client.calls();
  bytes answer;
  tl::writer(answer).u32(17);
  client.session->answer(id, answer, client.now);
  {
    state_store store(folder.path());
    server_key key(client.key, client.salts);
    key.layer = 214;
    key.expires_at = 99;
    key.bound_to = 5;
    key.allowed.account = 1234;
    key.allowed.login = 77;
    store.save_key(2, key);
    store.save_session(2, key.key.id(), client.session->store());
    store.save_key(3, key);
  }
  state_store store(folder.path());
  const auto keys = store.load_keys(2, seeded(1), no_body);
  ASSERT_EQ(keys.size(), 1U);
  const server_key& key = *keys[0];
  EXPECT_EQ(key.key.id(), client.key.id());
  EXPECT_EQ(key.layer, 214);
  EXPECT_EQ(key.expires_at, 99);
  EXPECT_EQ(key.bound_to, 5);
  EXPECT_EQ(key.allowed.account, 1234);
  EXPECT_EQ(key.allowed.login, 77);
  ASSERT_EQ(key.sessions.size(), 1U);
  const auto before = client.session->store();
  const auto after = key.sessions.begin()->second->store();
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.unique_id, before.unique_id);
  EXPECT_EQ(after.content_sent, before.content_sent);
  EXPECT_EQ(after.received.state_of(id), before.received.state_of(id));
  ASSERT_EQ(after.kept.size(), before.kept.size());
  for (std::size_t i = 0; i < after.kept.size(); ++i) {
    EXPECT_EQ(after.kept[i].id, before.kept[i].id);
    EXPECT_EQ(std::get<bytes>(*after.kept[i].body), std::get<bytes>(*before.kept[i].body));
  }
  store.erase_key(2, client.key.id());
  EXPECT_TRUE(store.load_keys(2, seeded(1), no_body).empty());
  EXPECT_EQ(store.load_keys(3, seeded(1), no_body).size(), 1U) << "another data centre's key";
}

TEST(state_store, takes_a_state_from_before_logins_had_numbers) {
  const served_folder folder;
  scripted_client client;
  server_key key(client.key, client.salts);
  key.allowed.account = 1234;
  state_store(folder.path()).save_key(2, key);
  database(folder.path() / "cluster.db").run("ALTER TABLE auth_key DROP COLUMN login");
  state_store store(folder.path());
  const auto keys = store.load_keys(2, seeded(1), no_body);
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0]->allowed.account, 1234);
  EXPECT_EQ(keys[0]->allowed.login, 0);
}

TEST(state_store, is_for_its_owner_only) {
  const served_folder folder;
  state_store store(folder.path());
  const auto mode = std::filesystem::status(folder.path() / "cluster.db").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(state_store, refuses_a_file_that_is_not_one) {
  const served_folder folder;
  folder.add("cluster.db", 5000);
  EXPECT_THROW(state_store(folder.path()), error);
}

TEST(state_store, remembers_names_hashes_and_people) {
  const served_folder folder;
  {
    state_store store(folder.path());
    store.set_value("a", bytes{1, 2});
    store.set_hashes(5, 6, bytes{3});
    store.add_person({"15550001", "Ada", "L"});
  }
  state_store store(folder.path());
  EXPECT_EQ(store.value("a"), (bytes{1, 2}));
  EXPECT_TRUE(store.value("b").empty());
  EXPECT_EQ(store.hashes(5, 6), bytes{3});
  EXPECT_TRUE(store.hashes(5, 7).empty());
  ASSERT_EQ(store.people().size(), 1U);
  EXPECT_EQ(store.people()[0].first_name, "Ada");
}

fault_rule rule_for(std::string method, std::uint64_t skip, std::uint64_t times) {
  fault_rule rule;
  rule.method = std::move(method);
  rule.skip = skip;
  rule.times = times;
  rule.action = drop_answer{};
  return rule;
}

TEST(fault_plan, skips_then_hits_a_number_of_times) {
  fault_plan plan(1);
  plan.add(rule_for("upload.getFile", 2, 1));
  EXPECT_FALSE(plan.ask("help.getConfig", 2));
  EXPECT_FALSE(plan.ask("upload.getFile", 2));
  EXPECT_FALSE(plan.ask("upload.getFile", 2));
  EXPECT_TRUE(plan.ask("upload.getFile", 2));
  EXPECT_FALSE(plan.ask("upload.getFile", 2));
}

TEST(fault_plan, keeps_to_its_data_centre_and_may_last_for_ever) {
  fault_plan plan(1);
  auto rule = rule_for("", 0, 0);
  rule.dc = 4;
  plan.add(rule);
  EXPECT_FALSE(plan.ask("a", 2));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(plan.ask("a", 4));
  plan.clear();
  EXPECT_FALSE(plan.ask("a", 4));
}

TEST(fault_plan, repeats_with_its_seed) {
  const auto hits = [](std::uint64_t seed) {
    fault_plan plan(seed);
    auto rule = rule_for("", 0, 0);
    rule.chance = 0.25;
    plan.add(rule);
    std::string drawn;
    for (int i = 0; i < 400; ++i) drawn += plan.ask("a", 1) ? 'x' : '.';
    return drawn;
  };
  EXPECT_EQ(hits(1), hits(1));
  EXPECT_NE(hits(1), hits(2));
  const auto count = std::ranges::count(hits(1), 'x');
  EXPECT_GT(count, 60);
  EXPECT_LT(count, 140);
}

}  // namespace
}  // namespace mtfetch::testing
