// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/format.hpp"

#include <gtest/gtest.h>
#include <mtfetch/api/upload.hpp>
#include <mtfetch/mtproto_types.hpp>

namespace mtfetch::tl {
namespace {

TEST(format, prints_generated_values) {
  api::upload::getFile call;
  call.precise = true;
  api::inputPhotoFileLocation location;
  location.id = 5;
  location.thumb_size = "y";
  call.location = std::move(location);
  call.limit = 4096;
  EXPECT_EQ(fmt::format("{}", call),
            "upload.getFile{precise, location: inputPhotoFileLocation{id: 5, access_hash: 0, "
            "file_reference: 0x, thumb_size: \"y\"}, offset: 0, limit: 4096}");
  EXPECT_EQ(fmt::format("{}", call.location).substr(0, 27), "inputPhotoFileLocation{id: ");
}

TEST(format, prints_service_messages_too) {
  mtproto::pong pong;
  pong.msg_id = 1;
  pong.ping_id = 2;
  EXPECT_EQ(fmt::format("{}", pong), "pong{msg_id: 1, ping_id: 2}");
  EXPECT_EQ(fmt::format("{:>30}", pong), "   pong{msg_id: 1, ping_id: 2}");
}

TEST(format, says_none_for_an_empty_sum) {
  EXPECT_EQ(fmt::format("{}", api::InputFileLocation()), "none");
  EXPECT_EQ(fmt::format("{}", api::upload::getFile()), "none");
}

}  // namespace
}  // namespace mtfetch::tl
