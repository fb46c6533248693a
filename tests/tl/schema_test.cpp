// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/schema.hpp"

#include <gtest/gtest.h>

#include "tests/tl/media_schema.hpp"
#include "tests/tl/text_schema.hpp"

namespace mtfetch::tl {
namespace {

using tl_test::text_schema;

TEST(schema, finds_constructors_and_methods_by_id_and_by_name) {
  const text_schema media(tl_test::media_schema, 228);
  const schema& in = media;
  EXPECT_EQ(in.layer(), 228);
  EXPECT_EQ(in.find(0x096a18d5U).name(), "upload.file");
  EXPECT_EQ(in.find("upload.getFile").id(), 0xbe5335beU);
  EXPECT_TRUE(in.find("upload.getFile").is_function());
  EXPECT_FALSE(in.find("upload.file").is_function());
  EXPECT_FALSE(in.find(0x11111111U));
  EXPECT_FALSE(in.find("upload.fil"));
  EXPECT_FALSE(in.find("upload.filee"));
  EXPECT_FALSE(in.find(""));
}

TEST(schema, tells_the_types_of_fields) {
  const text_schema media(tl_test::media_schema, 228);
  const definition sample = media.get().find("sample");
  ASSERT_EQ(sample.field_count(), 11U);
  EXPECT_TRUE(sample.field(0).type().is(kind::flags));
  EXPECT_TRUE(sample.field(1).type().is(kind::present));
  EXPECT_EQ(sample.field(2).name(), "title");
  EXPECT_TRUE(sample.field(2).is_optional());
  EXPECT_EQ(sample.field(2).flag_word(), 0U);
  EXPECT_EQ(sample.field(2).flag_mask(), 2U);
  const field_view place = sample.field(7);
  EXPECT_EQ(place.flag_word(), 1U);
  EXPECT_EQ(place.flag_mask(), 0x80000000U);
  EXPECT_EQ(place.type().class_name(), "GeoPoint");
  EXPECT_TRUE(sample.field(9).type().is_boxed_vector());
  EXPECT_TRUE(sample.field(9).type().item().is(kind::string));
  EXPECT_TRUE(sample.field(10).type().is_vector());
  EXPECT_FALSE(sample.field(10).type().is_boxed_vector());

  const definition pair = media.get().find("pair");
  EXPECT_EQ(pair.field(0).type().constructor().name(), "fileHash");
  EXPECT_TRUE(pair.field(1).type().item().is_boxed_vector());
  EXPECT_TRUE(pair.field(1).type().item().item().is(kind::int32));
}

TEST(schema, tells_what_methods_return) {
  const text_schema media(tl_test::media_schema, 228);
  const type_view hashes = media.get().find("upload.getFileHashes").result();
  EXPECT_TRUE(hashes.is_boxed_vector());
  EXPECT_EQ(hashes.item().class_name(), "FileHash");
  EXPECT_TRUE(media.get().find("takeout").result().is(kind::boolean));
  EXPECT_TRUE(media.get().find("invoke").result().is(kind::rest));
}

TEST(schema, knows_the_members_of_classes) {
  const text_schema media(tl_test::media_schema, 228);
  EXPECT_EQ(media.get().find_class("InputFileLocation").size(), 2U);
  EXPECT_EQ(media.get().only_member("upload.File").name(), "upload.file");
  EXPECT_FALSE(media.get().only_member("InputFileLocation"));
  EXPECT_FALSE(media.get().only_member("Nothing"));
}

TEST(schema, takes_what_an_overlay_has_from_the_overlay) {
  const text_schema base(tl_test::media_schema, 228);
  const text_schema older(
      "geoPoint#0000beef long:double lat:double = GeoPoint;\n"
      "onlyThen#0000cafe = OnlyThen;\n",
      100, &base.get());
  const schema& in = older;
  EXPECT_EQ(in.find("geoPoint").id(), 0xbeefU);
  EXPECT_EQ(in.find(0xbeefU).field_count(), 2U);
  EXPECT_FALSE(in.find(base.get().find("geoPoint").id())) << "the base's id is not of this layer";
  EXPECT_EQ(in.find("geoPointEmpty").id(), 0x1117dd5fU);
  EXPECT_EQ(in.find_class("GeoPoint").size(), 2U);
  bool seen = false;
  for (std::size_t i = 0; i < 2; ++i) seen |= in.find_class("GeoPoint").member(i).id() == 0xbeefU;
  EXPECT_TRUE(seen);
  EXPECT_EQ(in.only_member("OnlyThen").id(), 0xcafeU);
  EXPECT_FALSE(base.get().find("onlyThen"));
}

}  // namespace
}  // namespace mtfetch::tl
