// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/writer.hpp"
#include "tests/tl/media_schema.hpp"
#include "tests/tl/service_schema.hpp"
#include "tests/tl/text_schema.hpp"

namespace mtfetch::tl {
namespace {

using tl_test::text_schema;

bytes hex(std::string_view text) {
  return from_hex(text).value();
}

const schema& media() {
  static const text_schema instance(tl_test::media_schema, 228);
  return instance;
}

const schema& service() {
  static const text_schema instance(tl_test::service_schema, 214);
  return instance;
}

// The bytes of JSON that must fit.
bytes encoded(const schema& in, std::string_view json, std::string_view name = {}) {
  auto made = from_json(in, json, name);
  if (const auto* problem = std::get_if<json_problem>(&made)) {
    ADD_FAILURE() << problem->sentence() << " in " << json;
    return {};
  }
  return std::get<bytes>(made);
}

std::string problem(const schema& in, std::string_view json, std::string_view name = {}) {
  auto made = from_json(in, json, name);
  const auto* found = std::get_if<json_problem>(&made);
  return found != nullptr ? found->sentence() : "none";
}

struct known_body {
  const char* json;
  const char* wire;
};

// Bodies made apart from this code, from the ids and rules of the schema.
const known_body known_bodies[] = {
    {R"({"_":"msgs_ack","msg_ids":[6776633252561027073,6776633252561027077]})",
     "59b4d66215c4b51c02000000010000000a700b5e050000000a700b5e"},
    {R"({"_":"ping","ping_id":1234605616436508552})", "ec77be7a8877665544332211"},
    {R"({"_":"pong","msg_id":6776633252561027076,"ping_id":1234605616436508552})",
     "c5737734040000000a700b5e8877665544332211"},
    {R"({"_":"ping_delay_disconnect","ping_id":1234605616436508552,"disconnect_delay":75})",
     "8c7b42f388776655443322114b000000"},
    {R"({"_":"bad_msg_notification","bad_msg_id":6776633252561027076,"bad_msg_seqno":3,"error_code":17})",
     "11f8efa7040000000a700b5e0300000011000000"},
    {R"({"_":"bad_server_salt","bad_msg_id":6776633252561027076,"bad_msg_seqno":1,"error_code":48,"new_server_salt":-81985529216486895})",
     "7b44abed040000000a700b5e01000000300000001132547698badcfe"},
    {R"({"_":"new_session_created","first_msg_id":6776633252561027076,"unique_id":72623859790382856,"server_salt":1230066625199609624})",
     "0809c29e040000000a700b5e08070605040302011817161514131211"},
    {R"({"_":"future_salts","req_msg_id":6776633252561027076,"now":1577836800,"salts":[{"_":"future_salt","valid_since":1577836800,"valid_until":1577838600,"salt":11},{"_":"future_salt","valid_since":1577837700,"valid_until":1577839500,"salt":12}]})",
     "950850ae040000000a700b5e00e10b5e0200000000e10b5e08e80b5e0b0000000000000084e40b5e8ceb0b5e0c000"
     "00000000000"},
    {R"({"_":"rpc_result","req_msg_id":6776633252561027076,"result":{"_":"rpc_error","error_code":420,"error_message":"FLOOD_WAIT_3"}})",
     "016d5cf3040000000a700b5e19ca4421a40100000c464c4f4f445f574149545f33000000"},
    {R"({"_":"rpc_result","req_msg_id":6776633252561027076,"result":true})",
     "016d5cf3040000000a700b5eb5757299"},
    {R"({"_":"rpc_result","req_msg_id":6776633252561027076,"result":{"$raw":"FcS1HAIAAAABAAAAAAAAAAIAAAAAAAAA"}})",
     "016d5cf3040000000a700b5e15c4b51c0200000001000000000000000200000000000000"},
    {R"({"_":"rpc_result","req_msg_id":6776633252561027076,"result":{"_":"gzip_packed","packed_data":"H4sIAAAAAAACA9taWjQTAJv7CM0EAAAA"}})",
     "016d5cf3040000000a700b5ea1cf7230181f8b0800000000000203db5a5a3413009bfb08cd04000000000000"},
    {R"({"_":"http_wait","max_delay":0,"wait_after":0,"max_wait":25000})",
     "9f3599920000000000000000a8610000"},
    {R"({"_":"get_future_salts","num":64})", "04bd21b940000000"},
    {R"({"_":"msgs_state_req","msg_ids":[6776633252561027076]})",
     "52fb69da15c4b51c01000000040000000a700b5e"},
    {R"({"_":"msgs_state_info","req_msg_id":6776633252561027080,"info":"BAEM"})",
     "7db5de04080000000a700b5e0304010c"},
    {R"({"_":"destroy_session","session_id":1234605616436508552})", "262151e78877665544332211"},
    {R"({"_":"rpc_drop_answer","req_msg_id":6776633252561027076})", "40a7e458040000000a700b5e"},
    {R"({"_":"invokeWithLayer","layer":214,"query":{"_":"initConnection","api_id":12345,"device_model":"Loopback","system_version":"Linux","app_version":"0.1","system_lang_code":"en","lang_pack":"","lang_code":"en","query":{"_":"help.getConfig"}}})",
     "0d0d9bdad6000000a95ecdc10000000039300000084c6f6f706261636b000000054c696e7578000003302e310265"
     "6e000000000002656e006b18f9c4"},
};

TEST(json, gives_known_bodies_byte_for_byte) {
  for (const known_body& known : known_bodies) {
    EXPECT_EQ(to_hex(encoded(service(), known.json)), known.wire) << known.json;
  }
}

TEST(json, tells_what_known_bodies_say) {
  for (const known_body& known : known_bodies) {
    const auto json = to_json(service(), hex(known.wire));
    ASSERT_TRUE(json) << known.json << ": " << json.error().message();
    EXPECT_EQ(*json, known.json);
  }
}

TEST(json, refuses_known_bodies_cut_at_any_byte_or_with_a_tail) {
  for (const known_body& known : known_bodies) {
    const bytes whole = hex(known.wire);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // What is open to any value takes what is there: a cut result is kept as raw bytes.
      if (std::string_view(known.json).find("\"result\"") != std::string_view::npos && size >= 12) {
        continue;
      }
      if (std::string_view(known.json).find("\"query\"") != std::string_view::npos && size >= 8) {
        continue;
      }
      EXPECT_FALSE(to_json(service(), byte_view(whole).first(size))) << known.json << size;
    }
    bytes longer = whole;
    longer.resize(longer.size() + 4);
    const auto json = to_json(service(), longer);
    if (json) {
      EXPECT_NE(json->find("$raw"), std::string::npos) << *json;
    } else {
      EXPECT_EQ(json.error(), protocol_errc::trailing_bytes) << known.json;
    }
  }
}

constexpr std::string_view nonce = R"("nonce":"000102030405060708090a0b0c0d0e0f")";

std::string sample(std::string_view fields) {
  return R"({"_":"sample",)" + std::string(fields) + "}";
}

TEST(json, carries_every_type_there_and_back) {
  const std::string json =
      sample(R"("silent":true,"title":"a \"b\" \\ \n\u0001 ä","big":-9223372036854775808,)"
             R"("key":"00000000000000000000000000000000000000000000000000000000000000ff",)" +
             std::string(nonce) +
             R"(,"place":{"_":"geoPoint","long":-0.0,"lat":1e+100,"accuracy_radius":-2147483648},)"
             R"("done":false,"names":["","x"],"ids":[9223372036854775807,0])");
  const bytes wire = encoded(media(), json);
  const auto back = to_json(media(), wire);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, json);
}

TEST(json, leaves_absent_fields_out) {
  const std::string json = sample(std::string(nonce) + R"(,"done":true,"names":[],"ids":[])");
  const bytes wire = encoded(media(), json);
  EXPECT_EQ(wire.size(), 4U + 4 + 4 + 16 + 4 + 8 + 4);
  EXPECT_EQ(*to_json(media(), wire), json);
  EXPECT_EQ(encoded(media(), sample(std::string(nonce) +
                                    R"(,"done":true,"names":[],"ids":[],"silent":false,)"
                                    R"("title":null,"place":null)")),
            wire);
}

TEST(json, keeps_strings_that_are_not_text) {
  const std::string json = R"({"_":"inputDocumentFileLocation","id":1,"access_hash":2,)"
                           R"("file_reference":"","thumb_size":{"$bytes":"//4="}})";
  EXPECT_EQ(*to_json(media(), encoded(media(), json)), json);
}

TEST(json, keeps_doubles_that_json_has_no_number_for) {
  for (const char* wire : {"000000000000f07f", "010000000000f87f", "000000000000f0ff"}) {
    bytes data;
    writer out(data);
    out.u32(media().find("geoPoint").id());
    out.u32(0);
    out.raw(hex(wire));
    out.f64(3);
    const auto json = to_json(media(), data);
    ASSERT_TRUE(json);
    EXPECT_NE(json->find("$double"), std::string::npos);
    EXPECT_EQ(encoded(media(), *json), data) << *json;
  }
}

TEST(json, keeps_flag_bits_that_no_field_has) {
  bytes data;
  writer out(data);
  out.u32(media().find("geoPoint").id());
  out.u32(0x80000000);
  out.f64(1);
  out.f64(2.5);
  const auto json = to_json(media(), data);
  ASSERT_TRUE(json);
  EXPECT_EQ(*json, R"({"_":"geoPoint","flags":2147483648,"long":1.0,"lat":2.5})");
  EXPECT_EQ(encoded(media(), *json), data);
}

TEST(json, keeps_bare_types_and_vectors_of_vectors) {
  const std::string json =
      R"({"_":"pair","left":{"_":"fileHash","offset":1,"limit":2,"hash":"AAE="},)"
      R"("right":[[1,2],[],[3]]})";
  EXPECT_EQ(*to_json(media(), encoded(media(), json)), json);
}

TEST(json, indents_when_asked) {
  const bytes wire =
      encoded(media(), R"({"_":"pair","left":{"offset":1,"limit":2,"hash":""},"right":[[]]})");
  EXPECT_EQ(*to_json(media(), wire, {.indent = 2}),
            "{\n  \"_\": \"pair\",\n  \"left\": {\n    \"_\": \"fileHash\",\n    \"offset\": 1,\n"
            "    \"limit\": 2,\n    \"hash\": \"\"\n  },\n  \"right\": [\n    []\n  ]\n}");
}

TEST(json, takes_a_name_from_outside_and_from_classes_of_one_constructor) {
  const bytes with_names = encoded(
      media(), R"({"_":"pair","left":{"_":"fileHash","offset":1,"limit":2,"hash":""},"right":[]})");
  EXPECT_EQ(encoded(media(), R"({"left":{"offset":1,"limit":2,"hash":""},"right":[]})", "pair"),
            with_names);
  EXPECT_EQ(encoded(media(), R"({"_":"pair","left":{"offset":"1","limit":2,"hash":""},"right":[]})",
                    "pair"),
            with_names)
      << "long as a decimal string";
}

TEST(json, sets_a_flag_whose_bit_a_value_shares) {
  const bytes wire = encoded(media(), R"({"_":"takeout","file_max_size":5})");
  EXPECT_EQ(*to_json(media(), wire), R"({"_":"takeout","files":true,"file_max_size":5})");
}

TEST(json, nests_calls_within_calls) {
  const std::string json = R"({"_":"invoke","query":{"_":"invoke","query":{"_":"counts"}}})";
  EXPECT_EQ(*to_json(media(), encoded(media(), json)), json);
}

TEST(json, says_what_is_wrong_and_where) {
  const auto get_file = [](std::string_view fields) {
    return problem(media(), "{" + std::string(fields) + "}", "upload.getFile");
  };
  const std::string place = R"("location":{"_":"inputPhotoFileLocation","id":1,"access_hash":2})";
  EXPECT_EQ(get_file(place + R"(,"offset":0,"limit":4096)"), "none");
  EXPECT_EQ(
      get_file(
          R"("location":{"_":"inputPhotoFileLocation","id":"x","access_hash":2},"offset":0,"limit":1)"),
      "location.id: expected an integer");
  EXPECT_EQ(
      get_file(
          R"("location":{"_":"inputPhotoFileLocation","id":1.5,"access_hash":2},"offset":0,"limit":1)"),
      "location.id: expected an integer");
  EXPECT_EQ(get_file(R"("location":{"_":"inputPhotoFileLocation","id":1},"offset":0,"limit":1)"),
            "location.access_hash: missing, inputPhotoFileLocation needs it");
  EXPECT_EQ(
      get_file(
          R"("location":{"_":"inputPhotoFileLocation","id":1,"access_hash":2,"hash":3},"offset":0,"limit":1)"),
      "location.hash: no such field in inputPhotoFileLocation");
  EXPECT_EQ(get_file(R"("location":{"id":1,"access_hash":2},"offset":0,"limit":1)"),
            "location: \"_\" is missing: it names the constructor");
  EXPECT_EQ(get_file(R"("location":{"_":"geoPointEmpty"},"offset":0,"limit":1)"),
            "location._: geoPointEmpty is not of the type InputFileLocation");
  EXPECT_EQ(get_file(R"("location":{"_":"upload.getFile"},"offset":0,"limit":1)"),
            "location._: upload.getFile is not of the type InputFileLocation");
  EXPECT_EQ(get_file(R"("location":{"_":"inputNothing"},"offset":0,"limit":1)"),
            "location._: no constructor or method inputNothing");
  EXPECT_EQ(get_file(R"("location":{"_":7},"offset":0,"limit":1)"),
            "location._: expected the name of a constructor");
  EXPECT_EQ(get_file(R"("location":7,"offset":0,"limit":1)"),
            "location: expected an object (InputFileLocation)");
  EXPECT_EQ(get_file(place + R"(,"offset":0,"limit":2147483648)"),
            "limit: 2147483648 is outside the range of an int");
  EXPECT_EQ(get_file(place + R"(,"offset":9223372036854775808,"limit":1)"),
            "offset: 9223372036854775808 is outside the range of a long");
  EXPECT_EQ(get_file(place + R"(,"offset":"9223372036854775808","limit":1)"),
            "offset: 9223372036854775808 is outside the range of a long");
  EXPECT_EQ(get_file(place + R"(,"offset":100000000000000000000,"limit":1)"),
            "offset: outside the range of a long");
  EXPECT_EQ(get_file(place + R"(,"offset":"12x","limit":1)"), "offset: expected an integer");
  EXPECT_EQ(get_file(place + R"(,"offset":0)"), "limit: missing, upload.getFile needs it");
  EXPECT_EQ(get_file(place + R"(,"offset":0,"limit":null)"),
            "limit: missing, upload.getFile needs it");
  EXPECT_EQ(get_file(place + R"(,"offset":0,"limit":1,"precise":1)"),
            "precise: expected true or false");
  EXPECT_EQ(get_file(place + R"(,"offset":0,"limit":1,"speed":1)"),
            "speed: no such field in upload.getFile");
  EXPECT_EQ(get_file(R"("_":"counts",)" + place), "_: expected upload.getFile, not counts");
}

TEST(json, says_what_is_wrong_inside_vectors_and_values) {
  const std::string begin = R"({"_":"sample",)" + std::string(nonce);
  EXPECT_EQ(problem(media(), begin + R"(,"done":true,"names":["a",2],"ids":[]})"),
            "names[1]: expected a string");
  EXPECT_EQ(problem(media(), begin + R"(,"done":true,"names":{},"ids":[]})"),
            "names: expected an array");
  EXPECT_EQ(problem(media(), begin + R"(,"done":1,"names":[],"ids":[]})"),
            "done: expected true or false");
  EXPECT_EQ(problem(media(), begin + R"(,"title":"x","done":true,"names":[],"ids":[]})"),
            "big: missing, sample needs it with what else is given");
  EXPECT_EQ(problem(media(), begin + R"(,"key":"00","done":true,"names":[],"ids":[]})"),
            "key: expected 64 hex digits");
  EXPECT_EQ(problem(media(), begin + R"(,"flags":2,"done":true,"names":[],"ids":[]})"),
            "flags: set a flag by its field, not by its bit");
  EXPECT_EQ(problem(media(), R"({"_":"pair","left":{"offset":1,"limit":2,"hash":"*"},"right":[]})"),
            "left.hash: not base64");
  EXPECT_EQ(problem(media(), R"({"_":"pair","left":{"_":"pair"},"right":[]})"),
            "left._: expected fileHash, not pair");
  EXPECT_EQ(problem(media(), R"({"_":"pair","left":[],"right":[]})"), "left: expected an object");
  EXPECT_EQ(problem(media(), R"({"_":"geoPoint","long":"1","lat":2})"), "long: expected a number");
  EXPECT_EQ(problem(media(), R"({"_":"invoke","query":{"_":"none"}})"),
            "query._: no constructor or method none");
}

TEST(json, says_what_is_wrong_at_the_top) {
  EXPECT_EQ(problem(media(), "[]"), "expected an object");
  EXPECT_EQ(problem(media(), "{}"), "\"_\" is missing: it names the constructor");
  EXPECT_EQ(problem(media(), "{}", "upload.nothing"), "no constructor or method upload.nothing");
}

TEST(json, says_where_text_is_not_json) {
  EXPECT_EQ(problem(media(), "{\"_\":}"), "line 1, column 6: not JSON: unexpected '}'");
  EXPECT_EQ(problem(media(), "{\n  \"a\": 1,\n  b\n}"),
            "line 3, column 3: not JSON: invalid literal");
  EXPECT_EQ(problem(media(), ""), "line 1, column 1: not JSON: unexpected end of input");
  EXPECT_EQ(problem(media(), "{\"a\":1e999}"), "not JSON: a number past the range of a double");
  EXPECT_EQ(problem(media(), "\"\xff\""),
            "line 1, column 2: not JSON: invalid string: ill-formed UTF-8 byte");
}

TEST(json, refuses_values_nested_too_deep) {
  std::string json = R"({"children":[]})";
  for (int i = 0; i < 20; ++i) json = R"({"children":[)" + json + "]}";
  const bytes wire = encoded(media(), json, "tree");
  EXPECT_TRUE(to_json(media(), wire));
  for (int i = 0; i < 1000; ++i) json = R"({"children":[)" + json + "]}";
  EXPECT_NE(problem(media(), json, "tree").find("nested too deep"), std::string::npos);

  bytes deep;
  writer out(deep);
  const std::uint32_t id = media().find("tree").id();
  for (int i = 0; i < 100'000; ++i) {
    out.u32(id);
    out.u32(vector_id);
    out.u32(1);
  }
  EXPECT_EQ(to_json(media(), deep).error(), protocol_errc::too_deep);

  bytes calls;
  writer nested(calls);
  for (int i = 0; i < 100'000; ++i) nested.u32(media().find("invoke").id());
  const auto kept = to_json(media(), calls);
  ASSERT_TRUE(kept) << "the inner calls past the limit are kept as they are";
  EXPECT_NE(kept->find("$raw"), std::string::npos);
}

TEST(json, refuses_hostile_counts_and_constructors) {
  const auto error_of = [](std::string_view wire) { return to_json(media(), hex(wire)).error(); };
  bytes data;
  writer out(data);
  out.u32(media().find("tree").id());
  out.u32(vector_id);
  out.u32(0x80000000);
  EXPECT_EQ(to_json(media(), data).error(), protocol_errc::bad_length);
  EXPECT_EQ(error_of("11111111"), protocol_errc::unknown_constructor);
  EXPECT_EQ(error_of(""), protocol_errc::truncated);
  data.resize(4);
  writer(data).u32(0x11111111);
  EXPECT_EQ(to_json(media(), data).error(), protocol_errc::wrong_constructor) << "no Vector";
  data = hex("d5186a09");
  writer(data).u32(media().find("tree").id());
  EXPECT_EQ(to_json(media(), data).error(), protocol_errc::wrong_constructor)
      << "a Tree where a storage.FileType stands";
}

TEST(json, reads_results_by_their_method) {
  const auto result_of = [](std::string_view method, std::string_view wire) {
    const auto json = result_to_json(media(), media().find(method).id(), hex(wire));
    return json ? *json : json.error().message();
  };
  EXPECT_EQ(result_of("counts", "15c4b51c02000000010000000000ffff"), "[1,-65536]");
  EXPECT_EQ(result_of("takeout", "b5757299"), "true");
  EXPECT_EQ(result_of("upload.getFileHashes",
                      "15c4b51c01000000"
                      "5c039bf3"
                      "0000000000000000"
                      "00000200"
                      "01aa0000"),
            R"([{"_":"fileHash","offset":0,"limit":131072,"hash":"qg=="}])");
  EXPECT_EQ(result_of("upload.getFile",
                      "d5186a09"
                      "e4a0ceb3"
                      "00000000"
                      "00000000"),
            R"({"_":"upload.file","type":{"_":"storage.fileMp4"},"mtime":0,"bytes":""})");
  EXPECT_EQ(result_of("upload.getFile", "b5757299"), "unknown TL constructor");
  EXPECT_EQ(result_of("counts", "15c4b51cffffff7f"),
            "a length or count that does not fit the data");
  EXPECT_EQ(result_to_json(media(), media().find("tree").id(), {}).error(),
            protocol_errc::unknown_constructor)
      << "a constructor is no method";
}

}  // namespace
}  // namespace mtfetch::tl
