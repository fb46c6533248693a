// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/api/schema.hpp>
#include <mtfetch/api/schema_190.hpp>
#include <mtfetch/api/schema_214.hpp>
#include <mtfetch/api/schema_222.hpp>
#include <mtfetch/api/schema_223.hpp>
#include <mtfetch/api/schema_224.hpp>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/testing/compat/layer_edge.hpp"
#include "mtproto/testing/protocol/bind_temp_key.hpp"
#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/gzip.hpp"
#include "tests/testing/call_rig.hpp"

namespace mtfetch::testing {
namespace {

bytes with_layer(std::int32_t layer, const bytes& query) {
  api::invokeWithLayer wrapper;
  wrapper.layer = layer;
  wrapper.query = bytes(query);
  return tl::serialize(wrapper);
}

bytes with_connection(const bytes& query) {
  api::initConnection wrapper;
  wrapper.api_id = 5;
  wrapper.device_model = "test";
  wrapper.query = bytes(query);
  return tl::serialize(wrapper);
}

bytes after(const bytes& query) {
  api::invokeAfterMsg wrapper;
  wrapper.msg_id = 4;
  wrapper.query = bytes(query);
  return tl::serialize(wrapper);
}

bytes without_updates(const bytes& query) {
  api::invokeWithoutUpdates wrapper;
  wrapper.query = bytes(query);
  return tl::serialize(wrapper);
}

bytes in_takeout(const bytes& query) {
  api::invokeWithTakeout wrapper;
  wrapper.query = bytes(query);
  return tl::serialize(wrapper);
}

bytes packed(const bytes& query) {
  bytes made;
  tl::writer out(made);
  out.u32(mtproto::gzip_packed::tl_id);
  out.bytes(tl::gzip(query));
  return made;
}

TEST(wrappers, come_off_in_any_order) {
  const bytes query = tl::serialize(api::help::getConfig{});
  for (const bytes& wrapped :
       {query, with_layer(214, with_connection(query)), with_connection(with_layer(214, query)),
        after(with_layer(214, with_connection(query))),
        with_layer(214, with_connection(after(query))),
        packed(with_layer(214, packed(with_connection(query)))),
        without_updates(in_takeout(with_layer(214, with_connection(query))))}) {
    const auto call = unwrap(bytes(wrapped));
    ASSERT_TRUE(std::holds_alternative<unwrapped_call>(call));
    EXPECT_TRUE(std::ranges::equal(std::get<unwrapped_call>(call).query.view(), query));
  }
  const auto call = std::get<unwrapped_call>(
      unwrap(after(without_updates(with_layer(214, with_connection(query))))));
  EXPECT_EQ(call.layer, 214);
  EXPECT_TRUE(call.initialised);
  EXPECT_EQ(call.api_id, 5);
  EXPECT_EQ(call.after, std::vector<std::int64_t>{4});
  EXPECT_TRUE(call.without_updates);
}

TEST(wrappers, are_not_peeled_for_ever) {
  bytes deep = tl::serialize(api::help::getConfig{});
  for (int i = 0; i < 100; ++i) deep = after(deep);
  EXPECT_TRUE(std::holds_alternative<refusal>(unwrap(deep)));
}

TEST(wrappers, refuse_what_is_cut_short) {
  const bytes whole = with_layer(214, with_connection(tl::serialize(api::help::getConfig{})));
  for (std::size_t size = 0; size + 4 < whole.size(); size += 4) {
    call_rig rig;
    const auto made = rig.call(bytes(whole.begin(), whole.begin() + static_cast<long>(size)));
    EXPECT_TRUE(std::holds_alternative<std::string>(made)) << size;
  }
}

TEST(call_runner, wants_a_layer_first) {
  call_rig rig;
  rig.key->layer = 0;
  const bytes query = tl::serialize(api::help::getConfig{});
  EXPECT_EQ(rig.error_of(api::help::getConfig{}), "400 CONNECTION_NOT_INITED");
  EXPECT_TRUE(std::holds_alternative<std::string>(rig.call(with_layer(228, query))))
      << "a layer alone does not say who calls";
  EXPECT_TRUE(std::holds_alternative<bytes>(rig.call(with_layer(228, with_connection(query)))));
  EXPECT_EQ(rig.error_of(api::help::getConfig{}), "") << "remembered with the key";
  const auto wrong = rig.call(with_layer(0, with_connection(query)));
  EXPECT_EQ(std::get<std::string>(wrong), "400 CONNECTION_LAYER_INVALID");
}

TEST(call_runner, names_what_is_wrong_with_a_call) {
  call_rig rig;
  bytes unknown;
  tl::writer(unknown).u32(0x12345678);
  EXPECT_EQ(std::get<std::string>(rig.call(unknown)), "400 INPUT_METHOD_INVALID");
  bytes longer = tl::serialize(api::help::getConfig{});
  longer.resize(longer.size() + 4);
  EXPECT_EQ(std::get<std::string>(rig.call(longer)), "400 INPUT_REQUEST_TOO_LONG");
  rig.be(rig.person());
  bytes cut;
  tl::writer(cut).u32(api::users::getUsers::tl_id);
  EXPECT_EQ(std::get<std::string>(rig.call(cut)), "400 INPUT_FETCH_ERROR");
  bytes foreign = tl::serialize(api::users::getUsers{});
  foreign.resize(8);
  tl::writer out(foreign);
  out.i32(1);
  out.u32(0x12345678);
  EXPECT_EQ(std::get<std::string>(rig.call(foreign)), "400 INPUT_CONSTRUCTOR_INVALID");
}

// What the data centre serves, in every layer that it knows: answers parse by that layer's own
// schema and say the same.
TEST(layer_edge, speaks_every_layer_it_knows) {
  struct known_layer {
    std::int32_t number;
    const tl::schema& schema;
  };
  const known_layer layers[] = {
      {190, api_schema_190()}, {193, api_schema_190()}, {214, api_schema_214()},
      {216, api_schema_214()}, {222, api_schema_222()}, {223, api_schema_223()},
      {224, api_schema_224()}, {227, api_schema_224()}, {228, api_schema()},
      {229, api_schema()},     {100, api_schema_190()}};
  for (const known_layer& layer : layers) {
    SCOPED_TRACE(layer.number);
    call_rig rig;
    rig.be(rig.person());
    rig.key->layer = layer.number;
    const auto chat = rig.channel_input(rig.open_channel());
    const std::string id = std::to_string(chat.channel_id);
    const std::string peer = R"({"_":"inputPeerChannel","channel_id":)" + id +
                             R"(,"access_hash":)" + std::to_string(chat.access_hash) + "}";
    const std::string channel = R"({"_":"inputChannel","channel_id":)" + id + R"(,"access_hash":)" +
                                std::to_string(chat.access_hash) + "}";
    const std::pair<std::string, std::string> calls[] = {
        {R"({"_":"users.getUsers","id":[{"_":"inputUserSelf"}]})", R"("first_name":"Test")"},
        {R"({"_":"users.getFullUser","id":{"_":"inputUserSelf"}})", R"("full_user")"},
        {R"({"_":"contacts.resolveUsername","username":"files"})", R"("username":"files")"},
        {R"({"_":"channels.getFullChannel","channel":)" + channel + "}", R"("full_chat")"},
        {R"({"_":"channels.getChannels","id":[)" + channel + "]}", R"("title":"files")"},
        {R"({"_":"channels.getMessages","channel":)" + channel +
             R"(,"id":[{"_":"inputMessageID","id":2},{"_":"inputMessageID","id":99}]})",
         R"("file_name":"b.bin")"},
        {R"({"_":"messages.getHistory","peer":)" + peer +
             R"(,"offset_id":0,"offset_date":0,"add_offset":0,"limit":10,"max_id":0,"min_id":0,"hash":0})",
         R"("file_name":"b.bin")"},
        {R"({"_":"messages.getDialogs","offset_date":0,"offset_id":0,"offset_peer":{"_":"inputPeerEmpty"},"limit":10,"hash":0})",
         R"("top_message":3)"},
        {R"({"_":"messages.getPeerDialogs","peers":[{"_":"inputDialogPeer","peer":)" + peer + "}]}",
         R"("top_message":3)"},
        {R"({"_":"messages.getMessages","id":[{"_":"inputMessageID","id":2}]})", "messageEmpty"},
        {R"({"_":"updates.getState"})", R"("pts":1)"},
        {R"({"_":"updates.getDifference","pts":1,"date":1,"qts":0})", "differenceEmpty"},
        {R"({"_":"help.getConfig"})", R"("this_dc":2)"},
        {R"({"_":"help.getNearestDc"})", R"("this_dc":2)"},
        {R"({"_":"help.getAppConfig","hash":0})", "jsonObject"},
        {R"({"_":"account.getPassword"})", "new_algo"},
    };
    for (const auto& [json, expected] : calls) {
      const auto request = tl::from_json(layer.schema, json);
      ASSERT_TRUE(std::holds_alternative<bytes>(request))
          << json << ": " << std::get<tl::json_problem>(request).sentence();
      const auto made = rig.call(std::get<bytes>(request));
      ASSERT_TRUE(std::holds_alternative<bytes>(made)) << json << std::get<std::string>(made);
      const auto shown = tl::result_to_json(
          layer.schema, tl::reader(std::get<bytes>(request)).u32(), std::get<bytes>(made));
      ASSERT_TRUE(shown) << json << ": " << shown.error().message();
      EXPECT_NE(shown->find(expected), std::string::npos) << *shown;
    }
  }
}

struct binding {
  std::shared_ptr<server_key> permanent;
  std::shared_ptr<server_key> temporary;
  api::auth::bindTempAuthKey request;
  bytes plain;  // what is sealed in it
  std::int64_t session = 31;
  std::int64_t message = 400;
};

binding make_binding(call_rig& rig) {
  binding made;
  made.permanent = rig.key;
  std::array<std::uint8_t, 256> raw{};
  seeded(99)(raw);
  made.temporary =
      std::make_shared<server_key>(crypto::auth_key(raw), salt_schedule(1, rig_time, seeded(2)));
  made.temporary->expires_at = rig_time + 86'400;
  made.temporary->layer = 228;
  rig.keys.add(made.temporary);
  mtproto::bind_auth_key_inner inner;
  inner.nonce = 7;
  inner.temp_auth_key_id = made.temporary->key.id();
  inner.perm_auth_key_id = made.permanent->key.id();
  inner.temp_session_id = made.session;
  inner.expires_at = static_cast<std::int32_t>(made.temporary->expires_at);
  bytes plain(16, 1);
  tl::writer out(plain);
  out.i64(made.message);
  out.i32(0);
  out.i32(40);
  out.raw(tl::serialize(inner));
  made.request.perm_auth_key_id = inner.perm_auth_key_id;
  made.request.nonce = inner.nonce;
  made.request.expires_at = inner.expires_at;
  made.request.encrypted_message = crypto::seal_v1(plain, made.permanent->key, seeded(4));
  made.plain = plain;
  return made;
}

std::string bind(call_rig& rig, const binding& given) {
  const auto refused = bind_temp_key(rig.keys, *given.temporary, given.session, given.message,
                                     tl::serialize(given.request), rig.now);
  return refused ? refused->error : "";
}

TEST(bind_temp_key, lets_a_temporary_key_stand_for_a_permanent_one) {
  call_rig rig;
  rig.be(rig.person());
  binding given = make_binding(rig);
  std::swap(rig.key, given.temporary);
  EXPECT_EQ(rig.error_of(api::updates::getState{}), "401 AUTH_KEY_PERM_EMPTY");
  EXPECT_EQ(rig.error_of(api::help::getConfig{}), "") << "this much is always told";
  std::swap(rig.key, given.temporary);
  EXPECT_EQ(bind(rig, given), "");
  EXPECT_EQ(bind(rig, given), "") << "again is harmless";
  std::swap(rig.key, given.temporary);
  EXPECT_EQ(rig.error_of(api::updates::getState{}), "400 CONNECTION_NOT_INITED")
      << "after each binding";
  rig.key->layer = 228;
  EXPECT_EQ(rig.error_of(api::updates::getState{}), "");
  rig.now += 90'000;
  EXPECT_EQ(rig.keys.find(rig.key->key.id(), rig.now), nullptr) << "its time is over";
}

TEST(bind_temp_key, refuses_what_does_not_fit) {
  call_rig rig;
  const auto error_with = [&](auto change) {
    binding given = make_binding(rig);
    change(given);
    return bind(rig, given);
  };
  const std::string invalid = "ENCRYPTED_MESSAGE_INVALID";
  EXPECT_EQ(error_with([](binding& b) { b.message += 4; }), invalid);
  EXPECT_EQ(error_with([](binding& b) { b.session += 1; }), invalid);
  EXPECT_EQ(error_with([](binding& b) { b.request.nonce += 1; }), invalid);
  EXPECT_EQ(error_with([](binding& b) { b.request.perm_auth_key_id += 1; }), invalid);
  EXPECT_EQ(error_with([](binding& b) { b.request.encrypted_message = bytes(104); }), invalid);
  EXPECT_EQ(error_with([](binding& b) { b.request.encrypted_message = bytes(3); }), invalid);
  EXPECT_EQ(error_with([](binding& b) { b.request.expires_at += 1; }), "EXPIRES_AT_INVALID");
  EXPECT_EQ(error_with([](binding& b) { b.temporary = b.permanent; }), "TEMP_AUTH_KEY_EMPTY");
  const auto sealed_with = [&](std::size_t at, std::uint8_t value) {
    return error_with([&](binding& b) {
      b.plain[at] = value;
      b.request.encrypted_message = crypto::seal_v1(b.plain, b.permanent->key, seeded(4));
    });
  };
  EXPECT_EQ(sealed_with(0, 9), "") << "anything may stand there";
  EXPECT_EQ(sealed_with(24, 1), invalid) << "a sequence number";
  EXPECT_EQ(sealed_with(28, 44), invalid) << "a length";
  rig.now -= 31;
  EXPECT_EQ(error_with([](binding&) {}), "EXPIRES_AT_INVALID") << "longer than a day";
}

}  // namespace
}  // namespace mtfetch::testing
