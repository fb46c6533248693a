// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/transcode.hpp"

#include <gtest/gtest.h>

#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"
#include "tests/tl/text_schema.hpp"

namespace mtfetch::tl {
namespace {

using tl_test::text_schema;

// What is the newest here, and an older layer on top of it.
const schema& newest() {
  static const text_schema instance(R"(
peerUser user_id:long = Peer;
peerChannel channel_id:long = Peer;
user#31774388 flags:# bot:flags.14?true flags2:# stories_hidden:flags2.3?true id:long access_hash:flags.0?long stories_max_id:flags2.5?RecentStory bot_active_users:flags2.12?int = User;
userEmpty#d3bc4b7a id:long = User;
recentStory flags:# live:flags.0?true max_id:flags.1?int = RecentStory;
starsAmount amount:long nanos:int = StarsAmount;
starsTonAmount amount:long = StarsAmount;
textWithEntities text:string entities:Vector<Entity> = TextWithEntities;
entityBold offset:int = Entity;
entityDate offset:int date:int = Entity;
photoEmpty id:long = Photo;
photo id:long data:bytes = Photo;
pictureEmpty = Picture;
picture flags:# small:flags.0?int = Picture;
mediaPhoto photo:Photo = Media;
mediaToDo title:string = Media;
message#3ae56482 flags:# out:flags.1?true id:int peer:Peer date:int media:flags.9?Media entities:flags.7?Vector<Entity> rank:flags.12?string = Message;
channel#1c32b11c id:long picture:Picture level:int title:TextWithEntities balance:StarsAmount  = Chat;
forwarded media:Media = Forwarded;
carrier flags:# inner:flags.0?Forwarded = Carrier;
envelope inner:Forwarded = Envelope;
settings flags:# files:flags.5?true size:flags.5?long hidden:flags.1?true = Settings;
numbers small:long large:long text:bytes flag:Bool list:Vector<long> same:double = Numbers;
thing who:Peer = Thing;
joinOk updates:Updates = JoinResult;
joinWeb url:string = JoinResult;
updates seq:int = Updates;
---functions---
join link:string = JoinResult;
getIds = Vector<long>;
getStories = Vector<RecentStory>;
getUsers id:Vector<Peer> = Vector<User>;
sendMessage#545cd15a flags:# silent:flags.5?true peer:Peer message:string entities:flags.3?Vector<Entity> stars:flags.21?long = Updates;
invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;
)",
                                    228);
  return instance;
}

const schema& older() {
  static const text_schema instance(R"(
user#83314fca flags:# bot:flags.14?true flags2:# id:long access_hash:flags.0?long stories_max_id:flags2.5?int = User;
message#94345242 flags:# out:flags.1?true id:int peer:Peer date:int media:flags.9?Media entities:flags.7?Vector<Entity> = Message;
channel#fe4478bd id:long picture:Picture title:string balance:long = Chat;
settings flags:# hidden:flags.3?true files:flags.5?true = Settings;
numbers#00000001 small:int large:int text:string flag:int list:Vector<int> same:double = Numbers;
thing#00000002 who:long = Thing;
---functions---
join#00000003 link:string = Updates;
getIds#00000004 = Vector<int>;
getStories#00000005 = Vector<int>;
sendMessage#983f9745 flags:# silent:flags.5?true peer:Peer message:string = Updates;
)",
                                    190, &newest());
  return instance;
}

// A layer without some constructors: not an overlay.
const schema& narrow() {
  static const text_schema instance(R"(
entityBold offset:int = Entity;
photoEmpty id:long = Photo;
mediaPhoto photo:Photo = Media;
peerUser user_id:long = Peer;
message#94345242 flags:# out:flags.1?true id:int peer:Peer date:int media:flags.9?Media entities:flags.7?Vector<Entity> = Message;
forwarded media:Media = Forwarded;
carrier flags:# inner:flags.0?Forwarded = Carrier;
envelope inner:Forwarded = Envelope;
---functions---
getUsers id:Vector<Peer> = Vector<User>;
)",
                                    100);
  return instance;
}

bytes encoded(const schema& in, std::string_view json) {
  auto made = from_json(in, json);
  if (const auto* problem = std::get_if<json_problem>(&made)) {
    ADD_FAILURE() << problem->sentence() << " in " << json;
    return {};
  }
  return std::get<bytes>(made);
}

// The JSON of what comes out, read by the target schema; or the problem.
std::string carried(const schema& from, const schema& to, std::string_view json,
                    transcoded* whole = nullptr) {
  transcoded made = transcode(from, to, encoded(from, json));
  const std::string text = made ? to_json(to, made.data).value() : "problem: " + made.problem;
  if (whole != nullptr) *whole = std::move(made);
  return text;
}

TEST(transcode, gives_the_id_of_the_other_layer_and_drops_what_it_lacks) {
  transcoded made;
  EXPECT_EQ(carried(newest(), older(),
                    R"({"_":"user","bot":true,"stories_hidden":true,"id":7,"access_hash":8,)"
                    R"("bot_active_users":5})",
                    &made),
            R"({"_":"user","bot":true,"id":7,"access_hash":8})");
  EXPECT_EQ(reader(made.data).u32(), 0x83314fcaU);
  EXPECT_EQ(made.dropped_fields, 2U);
  EXPECT_EQ(made.losses,
            (std::vector<std::string>{"user.stories_hidden", "user.bot_active_users"}));
}

TEST(transcode, takes_requests_up_and_leaves_new_fields_out) {
  transcoded made;
  const std::string call =
      R"({"_":"sendMessage","silent":true,"peer":{"_":"peerUser","user_id":1},"message":"hi"})";
  EXPECT_EQ(carried(older(), newest(), call, &made), call);
  EXPECT_EQ(reader(made.data).u32(), 0x545cd15aU);
  EXPECT_EQ(made.dropped_fields, 0U);
}

TEST(transcode, goes_into_wrapped_calls) {
  const std::string call =
      R"({"_":"invokeWithLayer","layer":190,"query":)"
      R"({"_":"sendMessage","peer":{"_":"peerUser","user_id":1},"message":""}})";
  EXPECT_EQ(carried(older(), newest(), call), call);
}

TEST(transcode, fills_needed_fields_with_nothing) {
  EXPECT_EQ(
      carried(older(), newest(),
              R"({"_":"channel","id":1,"picture":{"_":"pictureEmpty"},"title":"t","balance":5})"),
      R"({"_":"channel","id":1,"picture":{"_":"pictureEmpty"},"level":0,)"
      R"("title":{"_":"textWithEntities","text":"t","entities":[]},)"
      R"("balance":{"_":"starsAmount","amount":5,"nanos":0}})");
}

TEST(transcode, unwraps_a_class_to_the_value_it_is_made_around) {
  transcoded made;
  EXPECT_EQ(
      carried(
          newest(), older(),
          R"({"_":"channel","id":1,"picture":{"_":"picture","small":3},"level":9,)"
          R"("title":{"_":"textWithEntities","text":"t","entities":[{"_":"entityBold","offset":1}]},)"
          R"("balance":{"_":"starsAmount","amount":5,"nanos":7}})",
          &made),
      R"({"_":"channel","id":1,"picture":{"_":"picture","small":3},"title":"t","balance":5})");
  EXPECT_EQ(made.losses, std::vector<std::string>{"channel.level"});
  EXPECT_EQ(carried(newest(), older(),
                    R"({"_":"user","stories_max_id":{"_":"recentStory","max_id":4},"id":1})"),
            R"({"_":"user","id":1,"stories_max_id":4})");
  EXPECT_EQ(carried(newest(), older(),
                    R"({"_":"user","stories_max_id":{"_":"recentStory","live":true},"id":1})"),
            R"({"_":"user","id":1,"stories_max_id":0})");
  EXPECT_EQ(carried(older(), newest(), R"({"_":"user","id":1,"stories_max_id":4})"),
            R"({"_":"user","id":1,"stories_max_id":{"_":"recentStory","max_id":4}})");
}

TEST(transcode, takes_a_number_only_from_the_constructor_that_stands_for_its_class) {
  transcoded made;
  EXPECT_EQ(
      carried(newest(), older(),
              R"({"_":"channel","id":1,"picture":{"_":"pictureEmpty"},"level":0,)"
              R"("title":{"text":"","entities":[]},"balance":{"_":"starsTonAmount","amount":5}})",
              &made),
      R"({"_":"channel","id":1,"picture":{"_":"pictureEmpty"},"title":"","balance":0})");
  EXPECT_EQ(made.dropped_fields, 2U);
  EXPECT_EQ(carried(newest(), older(), R"({"_":"thing","who":{"_":"peerUser","user_id":5}})"),
            R"({"_":"thing","who":0})");
}

TEST(transcode, carries_numbers_text_and_flags_of_other_sizes) {
  transcoded made;
  EXPECT_EQ(carried(newest(), older(),
                    R"({"_":"numbers","small":-5,"large":4294967296,"text":"YWI=","flag":true,)"
                    R"("list":[1,4294967296,3],"same":0.5})",
                    &made),
            R"({"_":"numbers","small":-5,"large":0,"text":"ab","flag":0,"list":[1,3],"same":0.5})");
  EXPECT_EQ(made.dropped_fields, 2U);
  EXPECT_EQ(made.dropped_items, 1U);
  EXPECT_EQ(
      carried(
          older(), newest(),
          R"({"_":"numbers","small":-5,"large":1,"text":"ab","flag":1,"list":[-1],"same":1.0})"),
      R"({"_":"numbers","small":-5,"large":1,"text":"YWI=","flag":false,"list":[-1],"same":1.0})");
}

TEST(transcode, gives_a_value_to_whoever_shares_the_bit) {
  EXPECT_EQ(carried(older(), newest(), R"({"_":"settings","hidden":true,"files":true})"),
            R"({"_":"settings","files":true,"size":0,"hidden":true})");
  EXPECT_EQ(carried(newest(), older(), R"({"_":"settings","files":true,"size":9})"),
            R"({"_":"settings","files":true})");
}

TEST(transcode, drops_what_the_other_layer_cannot_say_where_it_may) {
  transcoded made;
  EXPECT_EQ(
      carried(
          newest(), narrow(),
          R"({"_":"message","id":1,"peer":{"_":"peerUser","user_id":2},"date":3,)"
          R"("media":{"_":"mediaToDo","title":"x"},"rank":"r",)"
          R"("entities":[{"_":"entityDate","offset":1,"date":2},{"_":"entityBold","offset":4}]})",
          &made),
      R"({"_":"message","id":1,"peer":{"_":"peerUser","user_id":2},"date":3,)"
      R"("entities":[{"_":"entityBold","offset":4}]})");
  EXPECT_EQ(made.dropped_fields, 2U);
  EXPECT_EQ(made.dropped_items, 1U);
  EXPECT_EQ(made.losses, (std::vector<std::string>{"message.media (mediaToDo)",
                                                   "an item (entityDate)", "message.rank"}));
}

TEST(transcode, takes_the_innermost_optional_field_away_and_no_more) {
  EXPECT_EQ(carried(newest(), narrow(),
                    R"({"_":"carrier","inner":{"media":{"_":"mediaToDo","title":""}}})"),
            R"({"_":"carrier"})");
  EXPECT_EQ(
      carried(
          newest(), narrow(),
          R"({"_":"carrier","inner":{"media":{"_":"mediaPhoto","photo":{"_":"photoEmpty","id":1}}}})"),
      R"({"_":"carrier","inner":{"_":"forwarded","media":{"_":"mediaPhoto","photo":{"_":"photoEmpty","id":1}}}})");
}

TEST(transcode, names_what_the_other_layer_lacks_where_nothing_can_be_left_out) {
  EXPECT_EQ(carried(newest(), narrow(),
                    R"({"_":"envelope","inner":{"media":{"_":"mediaToDo","title":""}}})"),
            "problem: layer 100 has no mediaToDo");
  EXPECT_EQ(carried(newest(), narrow(),
                    R"({"_":"message","id":1,"peer":{"_":"peerChannel","channel_id":2},"date":3,)"
                    R"("media":{"_":"mediaToDo","title":"x"}})"),
            "problem: layer 100 has no peerChannel");
  EXPECT_EQ(carried(newest(), narrow(), R"({"_":"join","link":""})"),
            "problem: layer 100 has no join");
  transcoded made;
  carried(newest(), narrow(), R"({"_":"join","link":""})", &made);
  EXPECT_EQ(made.error, protocol_errc::unknown_constructor);
  EXPECT_TRUE(made.data.empty());
}

TEST(transcode, carries_results_by_the_types_of_both_methods) {
  const auto result = [](std::string_view method, std::string_view json) {
    auto value = from_json(newest(), json);
    const transcoded made = transcode_result(newest(), older(), method, std::get<bytes>(value));
    return made ? result_to_json(older(), older().find(method).id(), made.data).value()
                : "problem: " + made.problem;
  };
  EXPECT_EQ(result("join", R"({"_":"joinOk","updates":{"seq":4}})"), R"({"_":"updates","seq":4})");
  EXPECT_EQ(result("join", R"({"_":"joinWeb","url":""})"),
            "problem: the types of the two layers do not meet");
  EXPECT_EQ(result("sendMessage", R"({"_":"updates","seq":4})"), R"({"_":"updates","seq":4})");
  EXPECT_EQ(result("nothing", R"({"_":"updates","seq":4})"), "problem: no method nothing");
}

TEST(transcode, carries_results_that_are_bare_vectors) {
  bytes stories;
  writer out(stories);
  out.u32(vector_id);
  out.u32(2);
  out.raw(encoded(newest(), R"({"_":"recentStory","max_id":7})"));
  out.raw(encoded(newest(), R"({"_":"recentStory"})"));
  const transcoded made = transcode_result(newest(), older(), "getStories", stories);
  ASSERT_TRUE(made) << made.problem;
  EXPECT_EQ(result_to_json(older(), older().find("getStories").id(), made.data).value(), "[7,0]");
}

TEST(transcode, gives_only_errors_for_data_cut_at_any_byte) {
  const bytes whole = encoded(
      newest(),
      R"({"_":"message","id":1,"peer":{"_":"peerUser","user_id":2},"date":3,)"
      R"("media":{"_":"mediaPhoto","photo":{"_":"photo","id":1,"data":"AAAA"}},"rank":"r",)"
      R"("entities":[{"_":"entityDate","offset":1,"date":2},{"_":"entityBold","offset":4}]})");
  ASSERT_TRUE(transcode(newest(), older(), whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(transcode(newest(), older(), byte_view(whole).first(size))) << size;
    EXPECT_FALSE(transcode(newest(), narrow(), byte_view(whole).first(size))) << size;
  }
  bytes longer = whole;
  longer.push_back(0);
  EXPECT_EQ(transcode(newest(), older(), longer).error, protocol_errc::trailing_bytes);
}

TEST(transcode, refuses_hostile_data) {
  bytes data;
  writer out(data);
  for (int i = 0; i < 100'000; ++i) {
    out.u32(0xda9b0d0d);
    out.u32(1);
  }
  EXPECT_EQ(transcode(older(), newest(), data).error, protocol_errc::too_deep);
  EXPECT_EQ(transcode(older(), newest(), bytes(4)).error, protocol_errc::unknown_constructor);
  EXPECT_EQ(transcode(older(), newest(), {}).error, protocol_errc::truncated);
  bytes count;
  writer head(count);
  head.u32(vector_id);
  head.u32(0x80000000);
  EXPECT_EQ(transcode_result(newest(), older(), "getIds", count).error, protocol_errc::bad_length);
}

TEST(transcode, does_not_know_the_ids_of_the_layer_below) {
  const bytes call = encoded(newest(), R"({"_":"join","link":""})");
  EXPECT_EQ(transcode(older(), newest(), call).error, protocol_errc::unknown_constructor);
}

}  // namespace
}  // namespace mtfetch::tl
