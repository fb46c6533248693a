// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/dc_options.hpp"

#include <gtest/gtest.h>

using namespace mtfetch;
using client_impl::with_current_addresses;

namespace {

api::dcOption option(std::int32_t id, std::string ip, std::int32_t port) {
  api::dcOption out;
  out.id = id;
  out.ip_address = std::move(ip);
  out.port = port;
  return out;
}

}  // namespace

TEST(dc_options, go_before_those_built_in_and_come_once) {
  network known;
  dc_option old;
  old.id = 2;
  old.ip = "10.0.0.1";
  old.port = 443;
  known.dcs = {old};
  api::config answer;
  answer.dc_options.push_back(option(2, "10.0.0.9", 443));
  answer.dc_options.push_back(option(2, "10.0.0.1", 443));
  answer.dc_options.push_back(option(2, "10.0.0.9", 443));
  const network merged = with_current_addresses(known, answer);
  ASSERT_EQ(merged.dcs.size(), 2u);
  EXPECT_EQ(merged.dcs[0].ip, "10.0.0.9");
  EXPECT_EQ(merged.dcs[1], old);
}

TEST(dc_options, keep_every_flag) {
  api::config answer;
  api::dcOption full = option(203, "2001:db8::1", 5222);
  full.ipv6 = full.media_only = full.tcpo_only = full.cdn = full.static_ = full.this_port_only =
      true;
  full.secret = shared_bytes(bytes(16, 7));
  answer.dc_options.push_back(std::move(full));
  const dc_option read = with_current_addresses(network(), answer).dcs.at(0);
  EXPECT_EQ(read.id, 203);
  EXPECT_EQ(read.port, 5222);
  EXPECT_TRUE(read.ipv6 && read.media_only && read.tcpo_only && read.cdn && read.static_ &&
              read.this_port_only);
  EXPECT_EQ(read.secret, bytes(16, 7));
}

TEST(dc_options, leave_out_what_makes_no_sense) {
  api::config answer;
  answer.dc_options.push_back(option(2, "example.org", 443));
  answer.dc_options.push_back(option(2, "::1", 443));
  answer.dc_options.push_back(option(2, "10.0.0.1", 0));
  answer.dc_options.push_back(option(2, "10.0.0.1", 65536));
  answer.dc_options.push_back(option(2, "10.0.0.1", -443));
  answer.dc_options.push_back(option(0, "10.0.0.1", 443));
  EXPECT_TRUE(with_current_addresses(network(), answer).dcs.empty());
}
