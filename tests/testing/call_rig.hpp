// SPDX-License-Identifier: BSL-1.0
// Calls to a data centre's methods without packets: a world, its methods and one key.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mtfetch/api.hpp>
#include <string>

#include "mtproto/testing/protocol/call_runner.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "tests/testing/scripted_client.hpp"
#include "tests/testing/served_folder.hpp"

namespace mtfetch::testing {

inline constexpr std::int64_t rig_time = 1'700'000'000;

/// One data centre of a cluster with two (1 and 2), one person with and one without a password,
/// a bot, and four files: two public ones on each.
class call_rig {
 public:
  explicit call_rig(cluster_options given = {})
      : options(prepared(std::move(given), folder)),
        content(options, {1}, {}, seeded(1)),
        runner(content, methods, keys, 2),
        key(std::make_shared<server_key>(key_of(5), salt_schedule(1, rig_time, seeded(2)))) {
    add_sign_in_calls(methods);
    add_authorization_calls(methods);
    add_network_calls(methods);
    add_chat_calls(methods);
    add_message_calls(methods);
    add_file_calls(methods);
    add_takeout_calls(methods);
    content.addresses = {{1, "127.0.0.1", 4001}, {2, "127.0.0.1", 4002}};
    key->layer = 228;
    keys.add(key);
  }

  /// The serialized result, or "CODE NAME".
  std::variant<bytes, std::string> call(const bytes& serialized) {
    auto unwrapped = unwrap(serialized);
    if (auto* refused = std::get_if<refusal>(&unwrapped)) return text_of(*refused);
    const auto ready = runner.prepare(*key, std::get<unwrapped_call>(std::move(unwrapped)), now);
    if (ready.refused) return text_of(*ready.refused);
    auto made = runner.run(*key, ready, now);
    if (auto* refused = std::get_if<refusal>(&made)) return text_of(*refused);
    bytes body;
    if (!append_body(std::get<message_body>(made), body)) return std::string("unreadable");
    return body;
  }

  template <class M>
  std::string error_of(const M& request) {
    const auto made = call(tl::serialize(request));
    const auto* failed = std::get_if<std::string>(&made);
    return failed == nullptr ? "" : *failed;
  }
  template <class M>
  typename M::result result_of(const M& request) {
    const auto made = call(tl::serialize(request));
    if (const auto* failed = std::get_if<std::string>(&made)) {
      ADD_FAILURE() << M::tl_name << ": " << *failed;
      return {};
    }
    auto value = tl::parse<typename M::result>(std::get<bytes>(made));
    EXPECT_TRUE(value) << M::tl_name << " gave what does not parse";
    return value ? std::move(*value) : typename M::result();
  }

  const account& person() const { return *content.people.find_phone("15550001"); }
  const account& careful_person() const { return *content.people.find_phone("15550002"); }
  const account& robot() const { return *content.people.find_token("777:robot"); }
  void be(const account& who) { key->allowed.account = who.id; }
  void be_nobody() { key->allowed = authorization(); }

  /// The channel as the caller knows it.
  api::inputChannel channel_input(const chat& chat) const {
    api::inputChannel made;
    made.channel_id = chat.id;
    made.access_hash =
        content.keys.access_hash(key->allowed.account, object_kind::channel, chat.id);
    return made;
  }
  const chat& open_channel() const { return content.content.chats()[0]; }
  const chat& closed_channel() const { return content.content.chats()[1]; }

  api::inputDocumentFileLocation location_of(const document& file) const {
    api::inputDocumentFileLocation made;
    made.id = file.id;
    made.access_hash =
        content.keys.access_hash(key->allowed.account, object_kind::document, file.id);
    made.file_reference =
        content.keys.file_reference(file.id, content.reference_epoch_of(key->allowed.account));
    return made;
  }
  /// A served file that lies on this data centre, or on the other one.
  const document& file_here() const { return content.content.documents()[1]; }
  const document& file_elsewhere() const { return content.content.documents()[0]; }

  served_folder folder;
  cluster_options options;
  world content;
  method_table methods;
  key_ring keys;
  call_runner runner;
  std::shared_ptr<server_key> key;
  std::int64_t now = rig_time;

 private:
  static std::string text_of(const refusal& refused) {
    return std::to_string(refused.code) + " " + refused.error;
  }
  static crypto::auth_key key_of(std::uint64_t seed) {
    std::array<std::uint8_t, 256> raw{};
    seeded(seed)(raw);
    return crypto::auth_key(raw);
  }
  static cluster_options prepared(cluster_options options, const served_folder& in) {
    in.add("a.bin", 5000);
    in.add("b.bin", 300'000);
    in.add("c.bin", 0);
    in.add("private/d.bin", 40'000);
    options.serve = in.path();
    options.dcs = {1, 2};
    user plain;
    plain.phone = "+1 555-0001";
    plain.member = true;
    user careful;
    careful.phone = "15550002";
    careful.code = "24680";
    careful.password = "secret words";
    careful.member = false;
    user far;
    far.phone = "15550003";
    far.home_dc = 1;
    options.users = {plain, careful, far};
    bot robot;
    robot.token = "777:robot";
    bot far_robot;
    far_robot.token = "778:robot";
    far_robot.home_dc = 1;
    options.bots = {robot, far_robot};
    return options;
  }
};

}  // namespace mtfetch::testing
