// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/writer.hpp"
#include "tests/tl/media_schema.hpp"
#include "tests/tl/text_schema.hpp"

namespace mtfetch::tl {
namespace {

const schema& media() {
  static const tl_test::text_schema instance(tl_test::media_schema, 228);
  return instance;
}

std::string line_of(std::string_view json) {
  auto made = from_json(media(), json);
  if (!std::holds_alternative<bytes>(made)) return std::get<json_problem>(made).sentence();
  return format(media(), std::get<bytes>(made)).value();
}

TEST(line, shows_a_value_as_people_read_it) {
  EXPECT_EQ(
      line_of(R"({"_":"upload.getFile","precise":true,"location":{"_":"inputDocumentFileLocation",)"
              R"("id":1,"access_hash":-2,"file_reference":"AAH/","thumb_size":"a\"\n"},)"
              R"("offset":0,"limit":4096})"),
      "upload.getFile{precise, location: inputDocumentFileLocation{id: 1, access_hash: -2, "
      "file_reference: 0x0001ff, thumb_size: \"a\\\"\\n\"}, offset: 0, limit: 4096}");
  EXPECT_EQ(line_of(R"({"_":"pair","left":{"offset":0,"limit":0,"hash":""},"right":[[1,2],[]]})"),
            "pair{left: fileHash{offset: 0, limit: 0, hash: 0x}, right: [[1, 2], []]}");
}

TEST(line, cuts_what_is_long) {
  bytes data;
  writer out(data);
  out.u32(media().find("upload.file").id());
  out.u32(media().find("storage.fileMp4").id());
  out.i32(7);
  out.bytes(bytes(1024 * 1024));
  EXPECT_EQ(format(media(), data).value(),
            "upload.file{type: storage.fileMp4{}, mtime: 7, bytes: 1048576 bytes}");

  const std::string text(1000, 'x');
  EXPECT_EQ(
      line_of(R"({"_":"inputDocumentFileLocation","id":1,"access_hash":2,"file_reference":"",)"
              R"("thumb_size":")" +
              text + R"("})")
          .size(),
      std::string_view("inputDocumentFileLocation{id: 1, access_hash: 2, file_reference: 0x, "
                       "thumb_size: \"\"...}")
              .size() +
          80);
}

TEST(line, stays_one_line_of_bounded_length) {
  bytes data;
  writer out(data);
  out.u32(media().find("tree").id());
  out.u32(vector_id);
  out.u32(10'000);
  for (int i = 0; i < 10'000; ++i) {
    out.u32(media().find("tree").id());
    out.u32(vector_id);
    out.u32(0);
  }
  const auto line = format(media(), data);
  ASSERT_TRUE(line);
  EXPECT_LT(line->size(), 4200U);
  EXPECT_TRUE(line->ends_with(" ..."));
}

TEST(line, fails_on_malformed_data) {
  EXPECT_EQ(format(media(), bytes(3)).error(), protocol_errc::truncated);
  EXPECT_EQ(format(media(), bytes(4)).error(), protocol_errc::unknown_constructor);
}

}  // namespace
}  // namespace mtfetch::tl
