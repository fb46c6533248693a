// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/media_of_message.hpp"

#include "mtproto/tl/object.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mtfetch {
namespace {

media about() {
  media made;
  made.origin.link = "t.me/files/12";
  made.origin.username = "files";
  made.origin.channel_id = 5;
  made.origin.message_id = 12;
  return made;
}

// What the message has for a choice; these messages have one file each.
media read(const api::message& message, const media_choice& choice = media_choice()) {
  wanted_file wanted;
  wanted.choice = choice;
  std::vector<media> found = media_of_message(message, about(), wanted);
  EXPECT_EQ(found.size(), 1U);
  return found.at(0);
}

api::document plain_document() {
  api::document made;
  made.id = 77;
  made.access_hash = -5;
  made.file_reference = shared_bytes::copy(as_bytes("reference"));
  made.mime_type = "video/mp4";
  made.size = 5'000'000'000;
  made.dc_id = 4;
  return made;
}

api::message with_document(api::document document) {
  api::messageMediaDocument carried;
  carried.document = std::move(document);
  api::message made;
  made.id = 12;
  made.message = "a caption";
  made.date = 1'700'000'000;
  made.media = std::move(carried);
  return made;
}

std::string refusal(const api::message& message, link_errc why = link_errc::no_media,
                    const media_choice& choice = media_choice()) {
  try {
    read(message, choice);
  } catch (const error& failed) {
    EXPECT_EQ(failed.code(), make_error_code(why));
    return failed.what();
  }
  return "none";
}

TEST(media_of_message, reads_a_document_with_its_location) {
  api::document document = plain_document();
  api::documentAttributeFilename name;
  name.file_name = "../film.mp4";
  document.attributes.emplace_back(std::move(name));
  api::documentAttributeVideo video;
  video.duration = 61.5;
  video.w = 1920;
  video.h = 1080;
  document.attributes.emplace_back(std::move(video));
  const media found = read(with_document(std::move(document)));
  EXPECT_EQ(found.kind, media_kind::video);
  EXPECT_EQ(found.file_name, "_film.mp4");
  EXPECT_EQ(found.size, 5'000'000'000);
  EXPECT_EQ(found.dc, 4);
  EXPECT_EQ(found.duration, 61);
  EXPECT_EQ(found.width, 1920);
  EXPECT_EQ(found.caption, "a caption");
  const auto location = tl::parse<api::InputFileLocation>(found.location.view());
  ASSERT_TRUE(location);
  const auto& said = location->as<api::inputDocumentFileLocation>();
  EXPECT_EQ(said.id, 77);
  EXPECT_EQ(said.access_hash, -5);
  EXPECT_EQ(as_text(said.file_reference.view()), "reference");
  EXPECT_EQ(said.thumb_size, "");
}

TEST(media_of_message, names_what_comes_without_a_name) {
  EXPECT_EQ(read(with_document(plain_document())).file_name, "document_files_12.mp4");
}

TEST(media_of_message, tells_kinds_apart) {
  const auto kind_with = [](api::DocumentAttribute attribute) {
    api::document document = plain_document();
    document.attributes.push_back(std::move(attribute));
    return read(with_document(std::move(document))).kind;
  };
  api::documentAttributeAudio voice;
  voice.voice = true;
  api::documentAttributeVideo round;
  round.round_message = true;
  EXPECT_EQ(kind_with(api::documentAttributeAudio()), media_kind::audio);
  EXPECT_EQ(kind_with(std::move(voice)), media_kind::voice);
  EXPECT_EQ(kind_with(std::move(round)), media_kind::round_video);
  EXPECT_EQ(kind_with(api::documentAttributeAnimated()), media_kind::animation);
}

TEST(media_of_message, survives_numbers_that_cannot_be) {
  api::document document = plain_document();
  api::documentAttributeVideo video;
  video.duration = std::numeric_limits<double>::quiet_NaN();
  document.attributes.emplace_back(std::move(video));
  EXPECT_EQ(read(with_document(std::move(document))).duration, 0);
  api::document negative = plain_document();
  negative.size = -1;
  EXPECT_NE(refusal(with_document(std::move(negative))), "none");
}

TEST(media_of_message, takes_the_largest_size_of_a_photo) {
  api::photo photo;
  photo.id = 9;
  photo.dc_id = 2;
  const auto size = [](std::string type, std::int32_t side, std::int32_t bytes) {
    api::photoSize made;
    made.type = std::move(type);
    made.w = side;
    made.h = side;
    made.size = bytes;
    return made;
  };
  api::photoSizeProgressive growing;
  growing.type = "y";
  growing.w = 1280;
  growing.h = 1280;
  growing.sizes = {1000, 50'000, 200'000};
  photo.sizes.emplace_back(api::photoStrippedSize());
  photo.sizes.emplace_back(size("m", 320, 9000));
  photo.sizes.emplace_back(std::move(growing));
  photo.sizes.emplace_back(size("x", 800, 90'000));
  api::messageMediaPhoto carried;
  carried.photo = std::move(photo);
  api::message message;
  message.media = std::move(carried);
  const media found = read(message);
  EXPECT_EQ(found.kind, media_kind::photo);
  EXPECT_EQ(found.thumb_size, "y");
  EXPECT_EQ(found.size, 200'000);
  EXPECT_EQ(found.file_name, "photo_files_12.jpg");
  const auto location = tl::parse<api::InputFileLocation>(found.location.view());
  ASSERT_TRUE(location);
  EXPECT_EQ(location->as<api::inputPhotoFileLocation>().thumb_size, "y");
}

TEST(media_of_message, says_what_a_message_has_instead) {
  api::message text;
  EXPECT_NE(refusal(text).find("text only"), std::string::npos);
  EXPECT_NE(refusal(text).find("t.me/files/12"), std::string::npos);
  api::message expired;
  expired.media = api::messageMediaDocument();
  EXPECT_NE(refusal(expired).find("expired"), std::string::npos);
  api::messageMediaDocument gone;
  gone.document = api::documentEmpty();
  api::message empty;
  empty.media = std::move(gone);
  EXPECT_NE(refusal(empty).find("no longer"), std::string::npos);
  api::message paid;
  paid.media = api::messageMediaPaidMedia();
  EXPECT_NE(refusal(paid, link_errc::protected_media).find("bought"), std::string::npos);
  api::message dice;
  dice.media = api::messageMediaDice();
  EXPECT_NE(refusal(dice).find("no file"), std::string::npos);
  api::messageMediaPhoto sizeless;
  sizeless.photo = api::photo();
  api::message photo;
  photo.media = std::move(sizeless);
  EXPECT_NE(refusal(photo).find("without any size"), std::string::npos);
}

}  // namespace
}  // namespace mtfetch
