// SPDX-License-Identifier: BSL-1.0
// The whole layer and the older ones, as the generator emits them.
#include <gtest/gtest.h>
#include <mtfetch/api/schema.hpp>
#include <mtfetch/api/schema_190.hpp>
#include <mtfetch/api/schema_214.hpp>
#include <mtfetch/api/schema_222.hpp>
#include <mtfetch/api/schema_223.hpp>
#include <mtfetch/api/schema_224.hpp>

#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/transcode.hpp"
#include "mtproto/tl/walk.hpp"
#include "tests/tl/random_values.hpp"

namespace mtfetch::tl {
namespace {

using tl_test::random_values;

const schema& newest() {
  return api_schema();
}

const schema* const older_layers[] = {&api_schema_190(), &api_schema_214(), &api_schema_222(),
                                      &api_schema_223(), &api_schema_224()};

bytes encoded(const schema& in, std::string_view json) {
  auto made = from_json(in, json);
  if (const auto* problem = std::get_if<json_problem>(&made)) {
    ADD_FAILURE() << "layer " << in.layer() << ": " << problem->sentence() << " in " << json;
    return {};
  }
  return std::get<bytes>(made);
}

void expect_sound_tables(const schema& of) {
  const schema_tables& rows = of.own_tables();
  for (std::size_t i = 1; i < rows.constructors.size(); ++i) {
    EXPECT_LT(rows.constructors[i - 1].id, rows.constructors[i].id);
  }
  const auto name_at = [&](std::size_t i) {
    return definition(rows, rows.constructors[rows.by_name[i]]).name();
  };
  ASSERT_EQ(rows.by_name.size(), rows.constructors.size());
  for (std::size_t i = 1; i < rows.by_name.size(); ++i) EXPECT_LT(name_at(i - 1), name_at(i));
  for (const auto& row : rows.constructors) {
    const definition each(rows, row);
    std::size_t words = 0;
    for (std::size_t i = 0; i < each.field_count(); ++i) {
      const field_view field = each.field(i);
      if (field.is_optional()) {
        EXPECT_LT(field.flag_word(), words) << each.name() << '.' << field.name();
      }
      if (field.type().is(kind::flags)) ++words;
      if (field.type().kind() == kind::boxed) {
        EXPECT_GT(of.find_class(field.type().class_name()).size(), 0U)
            << each.name() << '.' << field.name();
      }
    }
    EXPECT_LE(words, tables::max_flag_words) << each.name();
  }
}

TEST(layers, have_sound_tables) {
  expect_sound_tables(newest());
  for (const schema* older : older_layers) expect_sound_tables(*older);
}

TEST(layers, are_found_by_the_ids_that_telegram_gave) {
  EXPECT_EQ(newest().layer(), 228);
  EXPECT_EQ(newest().find("upload.getFile").id(), 0xbe5335beU);
  EXPECT_EQ(newest().find(0x05162463U).name(), "resPQ");
  EXPECT_EQ(api_schema_190().find("user").id(), 0x83314fcaU);
  EXPECT_EQ(api_schema_214().find("user").id(), 0x020b1422U);
  EXPECT_EQ(api_schema_222().find("user").id(), 0x31774388U);
  EXPECT_EQ(api_schema_190().find("message").id(), 0x94345242U);
  EXPECT_EQ(api_schema_214().find("message").id(), 0x9815cec8U);
  EXPECT_EQ(api_schema_222().find("message").id(), 0x9cb490e9U);
  EXPECT_EQ(api_schema_223().find("message").id(), 0x3ae56482U);
  EXPECT_EQ(api_schema_224().find("message").id(), 0x3ae56482U);
  EXPECT_EQ(api_schema_223().find("dialog").id(), 0xd58a08c6U);
  EXPECT_EQ(api_schema_224().find("dialog").id(), newest().find("dialog").id());
  EXPECT_EQ(api_schema_190().find("channel").id(), 0xfe4478bdU);
  for (const schema* older : older_layers) {
    EXPECT_EQ(older->find("upload.getFile").id(), 0xbe5335beU);
    EXPECT_FALSE(older->find(newest().find("user").id()));
  }
}

// A value the way the local data centre serves it, through every older layer: its fields must be
// the same there, and come back up the same.
void expect_carried(std::string_view json) {
  const bytes value = encoded(newest(), json);
  for (const schema* older : older_layers) {
    const transcoded down = transcode(newest(), *older, value);
    ASSERT_TRUE(down) << down.problem;
    EXPECT_EQ(down.dropped_fields + down.dropped_items, 0U)
        << older->layer() << ": " << down.losses.front();
    EXPECT_EQ(to_json(*older, down.data).value(), json) << older->layer();
    const transcoded up = transcode(*older, newest(), down.data);
    ASSERT_TRUE(up) << up.problem;
    EXPECT_EQ(up.data, value) << older->layer();
  }
}

TEST(layers, carry_a_user) {
  expect_carried(
      R"({"_":"user","self":true,"bot":true,"id":777000,"access_hash":-5,"first_name":"A",)"
      R"("username":"a_bot","phone":"9996621234",)"
      R"("photo":{"_":"userProfilePhoto","photo_id":1,"dc_id":2},)"
      R"("status":{"_":"userStatusEmpty"},"bot_info_version":3})");
}

TEST(layers, carry_a_channel) {
  expect_carried(
      R"({"_":"channel","broadcast":true,"id":1234567890,"access_hash":1,"title":"files",)"
      R"("username":"files","photo":{"_":"chatPhotoEmpty"},"date":1700000000,)"
      R"("participants_count":2})");
}

TEST(layers, carry_a_message_with_a_document) {
  expect_carried(
      R"({"_":"message","post":true,"id":4,"peer_id":{"_":"peerChannel","channel_id":1234567890},)"
      R"("date":1700000000,"message":"caption","media":{"_":"messageMediaDocument","video":true,)"
      R"("document":{"_":"document","id":9,"access_hash":8,"file_reference":"AAEC","date":1,)"
      R"("mime_type":"video/mp4","size":5000000000,"dc_id":4,"attributes":[)"
      R"({"_":"documentAttributeVideo","supports_streaming":true,"duration":1.5,"w":2,"h":3},)"
      R"({"_":"documentAttributeFilename","file_name":"a.mp4"}]}},"views":7,"forwards":1})");
}

TEST(layers, tell_what_a_user_of_today_loses) {
  const bytes value = encoded(newest(), R"({"_":"user","id":1,"stories_max_id":{"max_id":7}})");
  const transcoded down = transcode(newest(), api_schema_190(), value);
  ASSERT_TRUE(down) << down.problem;
  EXPECT_EQ(to_json(api_schema_190(), down.data).value(),
            R"({"_":"user","id":1,"stories_max_id":7})");
}

TEST(layers, carry_calls_of_older_clients_up) {
  const std::string call =
      R"({"_":"invokeWithLayer","layer":214,"query":{"_":"initConnection","api_id":1,)"
      R"("device_model":"d","system_version":"s","app_version":"a","system_lang_code":"en",)"
      R"("lang_pack":"","lang_code":"en","query":{"_":"messages.sendMessage",)"
      R"("peer":{"_":"inputPeerSelf"},"message":"hi","random_id":5}}})";
  for (const schema* older : older_layers) {
    const transcoded up = transcode(*older, newest(), encoded(*older, call));
    ASSERT_TRUE(up) << up.problem;
    EXPECT_EQ(to_json(newest(), up.data).value(), call);
  }
}

TEST(layers, carry_results_whose_types_have_changed) {
  bytes ids;
  writer out(ids);
  out.u32(vector_id);
  out.u32(1);
  out.raw(encoded(newest(), R"({"_":"recentStory","max_id":9})"));
  const transcoded made =
      transcode_result(newest(), api_schema_190(), "stories.getPeerMaxIDs", ids);
  ASSERT_TRUE(made) << made.problem;
  EXPECT_EQ(result_to_json(api_schema_190(), 0x535983c3, made.data).value(), "[9]");
}

// A container's messages have bodies of any type in the middle of the data: read by hand, not here.
bool is_open_inside(definition of) {
  return of.name() == "msg_container" || of.name() == "mtproto.message" || of.name() == "msg_copy";
}

template <class Visit>
void each_definition(const schema& of, Visit visit) {
  for (const schema* at = &of; at != nullptr; at = at->base()) {
    for (const auto& row : at->own_tables().constructors) {
      const definition each = of.find(row.id);
      if (each && !is_open_inside(each)) visit(each);
    }
  }
}

TEST(random_values, go_to_json_and_back_byte_for_byte) {
  random_values values(newest(), 1);
  std::size_t count = 0;
  for (int round = 0; round < 3; ++round) {
    each_definition(newest(), [&](definition each) {
      const bytes value = values.value_of(each);
      const auto json = to_json(newest(), value);
      ASSERT_TRUE(json) << each.name() << ": " << json.error().message();
      EXPECT_EQ(encoded(newest(), *json), value) << *json;
      EXPECT_TRUE(format(newest(), value)) << each.name();
      ++count;
    });
  }
  EXPECT_GT(count, 7000U);
}

TEST(random_values, that_are_damaged_give_errors_or_other_values) {
  random_values values(newest(), 2);
  std::mt19937_64 random(3);
  std::size_t refused = 0;
  each_definition(newest(), [&](definition each) {
    bytes value = values.value_of(each);
    for (int i = 0; i < 4; ++i) {
      bytes damaged = value;
      damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
      if (random() % 2 == 0) damaged.resize(random() % damaged.size());
      const auto json = to_json(newest(), damaged);
      refused += json ? 0 : 1;
      (void)format(newest(), damaged);
      (void)transcode(newest(), api_schema_190(), damaged);
      (void)transcode(api_schema_190(), newest(), damaged);
    }
  });
  EXPECT_GT(refused, 1000U);
}

TEST(random_values, go_down_to_every_layer_and_are_sound_there) {
  for (const schema* older : older_layers) {
    random_values values(newest(), 4);
    each_definition(newest(), [&](definition each) {
      const transcoded down = transcode(newest(), *older, values.value_of(each));
      ASSERT_TRUE(down) << each.name() << " in layer " << older->layer() << ": " << down.problem;
      EXPECT_TRUE(to_json(*older, down.data)) << each.name() << " in layer " << older->layer();
    });
  }
}

TEST(random_values, come_up_from_every_layer_and_are_sound_here) {
  for (const schema* older : older_layers) {
    random_values values(*older, 5);
    each_definition(*older, [&](definition each) {
      const transcoded up = transcode(*older, newest(), values.value_of(each));
      if (up) {
        EXPECT_TRUE(to_json(newest(), up.data)) << each.name();
      } else {
        // Only what is gone since then has no place here.
        EXPECT_FALSE(newest().find(each.name())) << each.name() << ": " << up.problem;
      }
    });
  }
}

TEST(random_values, stay_what_they_are_between_equal_layers) {
  random_values values(newest(), 6);
  each_definition(newest(), [&](definition each) {
    const bytes value = values.value_of(each);
    const transcoded same = transcode(newest(), newest(), value);
    ASSERT_TRUE(same) << same.problem;
    EXPECT_EQ(same.data, value) << each.name();
    EXPECT_EQ(same.dropped_fields + same.dropped_items, 0U);
  });
}

}  // namespace
}  // namespace mtfetch::tl
