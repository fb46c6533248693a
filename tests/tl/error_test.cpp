// SPDX-License-Identifier: BSL-1.0
#include "mtfetch/error.hpp"

#include <gtest/gtest.h>

namespace mtfetch {
namespace {

TEST(rpc_failure, splits_the_number_off_the_name) {
  const auto flood = rpc_failure::parse(420, "FLOOD_WAIT_17");
  EXPECT_EQ(flood.code, 420);
  EXPECT_EQ(flood.type, "FLOOD_WAIT");
  EXPECT_EQ(flood.argument, 17);
  EXPECT_EQ(flood.message, "FLOOD_WAIT_17");
  EXPECT_TRUE(flood.is("FLOOD_WAIT"));

  const auto reference = rpc_failure::parse(400, "FILE_REFERENCE_3_EXPIRED");
  EXPECT_EQ(reference.type, "FILE_REFERENCE_EXPIRED");
  EXPECT_EQ(reference.argument, 3);
}

TEST(rpc_failure, keeps_names_without_a_number_as_they_are) {
  for (const char* name :
       {"LIMIT_INVALID", "", "_", "X_", "2FA_CONFIRM_WAIT", "WAIT_99999999999"}) {
    const auto failure = rpc_failure::parse(400, name);
    EXPECT_EQ(failure.type, name);
    EXPECT_FALSE(failure.argument) << name;
  }
}

TEST(rpc_error, names_the_method_and_the_answer) {
  const rpc_error error(rpc_failure::parse(420, "FLOOD_WAIT_17"), "upload.getFile");
  EXPECT_STREQ(error.what(), "upload.getFile was answered with FLOOD_WAIT_17 (420)");
  EXPECT_EQ(error.code().value(), 420);
  EXPECT_EQ(error.code().category(), rpc_category());
}

TEST(errors, each_have_a_sentence_and_a_category) {
  const std::error_code codes[] = {protocol_errc::truncated, security_errc::nonce_mismatch,
                                   transport_errc::closed,   client_errc::deadline,
                                   storage_errc::locked,     link_errc::no_media};
  for (const std::error_code code : codes) {
    EXPECT_EQ(code.message().find("unknown"), std::string::npos) << code.message();
    EXPECT_EQ(std::string_view(code.category().name()).substr(0, 8), "mtfetch.");
  }
}

}  // namespace
}  // namespace mtfetch
