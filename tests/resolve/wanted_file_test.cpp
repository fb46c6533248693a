// SPDX-License-Identifier: BSL-1.0
// Which of several files is taken, and which are not to be saved.
#include "downloader/resolve/media_of_message.hpp"

#include "mtproto/tl/object.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch {
namespace {

api::document video_of(std::int64_t id, std::int32_t width, std::int32_t height,
                       const std::string& mime_type = "video/mp4") {
  api::document made;
  made.id = id;
  made.size = id * 1000;
  made.dc_id = 2;
  made.mime_type = mime_type;
  api::documentAttributeVideo video;
  video.w = width;
  video.h = height;
  made.attributes.emplace_back(std::move(video));
  return made;
}

api::photoSize picture(const std::string& type, std::int32_t side) {
  api::photoSize made;
  made.type = type;
  made.w = side;
  made.h = side;
  made.size = side * 10;
  return made;
}

api::message with(api::MessageMedia carried) {
  api::message made;
  made.id = 12;
  made.media = std::move(carried);
  return made;
}

api::message film() {
  api::messageMediaDocument carried;
  api::document own = video_of(1, 1920, 1080);
  api::documentAttributeFilename name;
  name.file_name = "film.mp4";
  own.attributes.emplace_back(std::move(name));
  own.thumbs.emplace();
  own.thumbs->emplace_back(picture("m", 320));
  carried.document = std::move(own);
  carried.alt_documents.emplace();
  carried.alt_documents->emplace_back(video_of(2, 1280, 720));
  carried.alt_documents->emplace_back(video_of(3, 2560, 1440));
  carried.alt_documents->emplace_back(video_of(4, 480, 854));  // upright: 480 lines
  carried.alt_documents->emplace_back(video_of(5, 4000, 4000, "application/x-mpegurl"));
  return with(std::move(carried));
}

api::message photo(std::initializer_list<std::pair<const char*, int>> sizes) {
  api::photo shot;
  shot.id = 9;
  for (const auto& [type, side] : sizes) shot.sizes.emplace_back(picture(type, side));
  api::messageMediaPhoto carried;
  carried.photo = std::move(shot);
  return with(std::move(carried));
}

std::vector<media> read(const api::message& message, const media_choice& choice) {
  media about;
  about.origin.link = "t.me/files/12";
  about.origin.username = "files";
  about.origin.message_id = 12;
  wanted_file wanted;
  wanted.choice = choice;
  return media_of_message(message, about, wanted);
}

std::int64_t chosen(const std::string& quality) {
  media_choice choice;
  choice.quality = quality;
  const std::vector<media> found = read(film(), choice);
  EXPECT_EQ(found.at(0).file_name, "film.mp4") << "every quality has the name of the video";
  return found.at(0).id;
}

TEST(wanted_file, a_video_comes_as_it_was_sent_or_in_the_quality_asked_for) {
  EXPECT_EQ(chosen(""), 1);
  EXPECT_EQ(chosen("best"), 3);
  EXPECT_EQ(chosen("1440p"), 3);
  EXPECT_EQ(chosen("1080p"), 1);
  EXPECT_EQ(chosen("1000p"), 2) << "else the next fewer lines";
  EXPECT_EQ(chosen("480p"), 4);
  EXPECT_EQ(chosen("144p"), 4) << "the fewest where all have more";
}

std::string photo_size(const api::message& message, const std::string& size, bool thumb = false) {
  media_choice choice;
  choice.photo_size = size;
  choice.thumb = thumb;
  return read(message, choice).at(0).thumb_size;
}

TEST(wanted_file, a_photo_comes_in_its_largest_size_or_the_one_asked_for) {
  const api::message all = photo({{"s", 90}, {"m", 320}, {"x", 800}, {"y", 1280}, {"c", 640}});
  EXPECT_EQ(photo_size(all, ""), "y");
  EXPECT_EQ(photo_size(all, "w"), "y");
  EXPECT_EQ(photo_size(all, "x"), "x");
  EXPECT_EQ(photo_size(all, "s"), "s");
  EXPECT_EQ(photo_size(all, "", true), "m");
  EXPECT_EQ(photo_size(photo({{"y", 1280}, {"x", 800}}), "m"), "x") << "the smallest there is";
}

TEST(wanted_file, a_thumbnail_is_a_picture_beside_the_file) {
  media_choice choice;
  choice.thumb = true;
  const media found = read(film(), choice).at(0);
  EXPECT_EQ(found.kind, media_kind::photo);
  EXPECT_EQ(found.file_name, "film_thumb.jpg");
  EXPECT_EQ(found.size, 3200);
  EXPECT_EQ(found.id, 1);
  const auto location = tl::parse<api::InputFileLocation>(found.location.view());
  ASSERT_TRUE(location);
  EXPECT_EQ(location->as<api::inputDocumentFileLocation>().thumb_size, "m");

  api::messageMediaDocument bare;
  bare.document = video_of(1, 10, 10);
  EXPECT_THROW(read(with(std::move(bare)), choice), error);
}

TEST(wanted_file, exactly_one_file_is_found_again_by_id_and_size) {
  wanted_file same;
  same.id = 2;
  EXPECT_EQ(media_of_message(film(), media(), same).at(0).id, 2);
  same.id = 9;
  same.thumb_size = "m";
  EXPECT_EQ(media_of_message(photo({{"m", 320}, {"y", 1280}}), media(), same).at(0).size, 3200);
  same.thumb_size = "w";
  EXPECT_THROW(media_of_message(photo({{"m", 320}}), media(), same), error);
}

// Refused by default with link_errc::protected_media; taken by those who may.
void expect_protected(const api::message& message, const std::string& word) {
  try {
    read(message, media_choice());
    ADD_FAILURE() << "was not refused";
  } catch (const error& refused) {
    EXPECT_EQ(refused.code(), link_errc::protected_media);
    EXPECT_NE(std::string(refused.what()).find(word), std::string::npos) << refused.what();
    EXPECT_NE(std::string(refused.what()).find("t.me/files/12"), std::string::npos);
  }
  media_choice choice;
  choice.allow_protected = true;
  EXPECT_FALSE(read(message, choice).empty());
}

TEST(wanted_file, what_is_not_to_be_saved_is_taken_only_by_those_who_may) {
  api::message kept = photo({{"m", 320}});
  kept.noforwards = true;
  expect_protected(kept, "protected");

  api::messageMediaDocument brief;
  brief.document = video_of(1, 10, 10);
  brief.ttl_seconds = 10;
  expect_protected(with(std::move(brief)), "deletes itself");

  api::messageMediaPaidMedia sold;
  for (std::int64_t id = 1; id < 3; ++id) {
    api::messageMediaDocument item;
    item.document = video_of(id, 10, 10);
    api::messageExtendedMedia open;
    open.media = std::move(item);
    sold.extended_media.emplace_back(std::move(open));
  }
  const api::message bought = with(std::move(sold));
  expect_protected(bought, "sold");
  media_choice choice;
  choice.allow_protected = true;
  EXPECT_EQ(read(bought, choice).size(), 2U);

  api::messageMediaPaidMedia closed;
  closed.stars_amount = 50;
  closed.extended_media.emplace_back(api::messageExtendedMediaPreview());
  try {
    read(with(std::move(closed)), choice);
    ADD_FAILURE() << "what was not bought cannot be had";
  } catch (const error& refused) {
    EXPECT_NE(std::string(refused.what()).find("50 stars"), std::string::npos);
  }

  wanted_file wanted;
  EXPECT_THROW(media_of_message(photo({{"m", 320}}), media(), wanted, true), error)
      << "the whole chat may be protected";
}

TEST(wanted_file, a_story_is_read_like_a_message) {
  api::storyItem story;
  story.id = 4;
  story.date = 1'700'000'000;
  story.caption = "a day out";
  api::messageMediaDocument carried;
  carried.document = video_of(7, 720, 1280);
  story.media = std::move(carried);
  media about;
  about.origin.username = "someone";
  about.origin.story_id = 4;
  const media found = media_of_story(story, about, wanted_file()).at(0);
  EXPECT_EQ(found.id, 7);
  EXPECT_EQ(found.caption, "a day out");
  EXPECT_EQ(found.file_name, "video_story_someone_4.mp4");
  story.noforwards = true;
  EXPECT_THROW(media_of_story(story, about, wanted_file()), error);
}

TEST(wanted_file, captions_keep_their_entities) {
  api::message message = photo({{"m", 320}});
  message.message = "read this";
  message.entities.emplace();
  api::messageEntityTextUrl to;
  to.offset = 5;
  to.length = 4;
  to.url = "https://example.org/";
  message.entities->emplace_back(std::move(to));
  api::messageEntityBold bold;
  bold.length = 4;
  message.entities->emplace_back(std::move(bold));
  const media found = read(message, media_choice()).at(0);
  ASSERT_EQ(found.caption_entities.size(), 2U);
  EXPECT_EQ(found.caption_entities[0].type, "TextUrl");
  EXPECT_EQ(found.caption_entities[0].offset, 5);
  EXPECT_EQ(found.caption_entities[0].length, 4);
  EXPECT_EQ(found.caption_entities[0].url, "https://example.org/");
  EXPECT_EQ(found.caption_entities[1].type, "Bold");
}

TEST(wanted_file, choices_that_are_none_are_named) {
  const auto refusal = [](const std::string& size, const std::string& quality) -> std::string {
    resolve_options options;
    options.choice.photo_size = size;
    options.choice.quality = quality;
    try {
      check(options);
    } catch (const error& refused) {
      return refused.what();
    }
    return "";
  };
  EXPECT_EQ(refusal("", ""), "");
  EXPECT_EQ(refusal("w", "720p"), "");
  EXPECT_EQ(refusal("", "best"), "");
  EXPECT_NE(refusal("huge", "").find("huge"), std::string::npos);
  for (const char* bad : {"1080", "p", "0p", "-5p", "1080pp", "worst", "99999999999p"}) {
    EXPECT_NE(refusal("", bad).find(bad), std::string::npos) << bad;
  }
}

}  // namespace
}  // namespace mtfetch
