// SPDX-License-Identifier: BSL-1.0
// Where the data centres are, and what else a client asks before and beside its work.
#include <mtfetch/api/help.hpp>
#include <mtfetch/api/updates.hpp>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/objects.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

outcome<api::config> get_config(caller& by, const api::help::getConfig&) {
  api::config config;
  config.date = static_cast<std::int32_t>(by.unix_time);
  config.expires = config.date + 3600;
  config.this_dc = by.dc;
  for (const dc_address& address : by.in.addresses) {
    api::dcOption option;
    option.id = address.id;
    option.ip_address = address.ip;
    option.port = address.port;
    option.cdn = address.cdn;
    option.ipv6 = address.ip.find(':') != std::string::npos;
    option.this_port_only = true;
    config.dc_options.push_back(std::move(option));
  }
  // The rest as Telegram answers it: limits and times that other clients look at.
  config.chat_size_max = 200;
  config.megagroup_size_max = 200'000;
  config.forwarded_count_max = 100;
  config.online_update_period_ms = 210'000;
  config.offline_blur_timeout_ms = 5'000;
  config.offline_idle_timeout_ms = 30'000;
  config.online_cloud_timeout_ms = 300'000;
  config.notify_cloud_delay_ms = 30'000;
  config.notify_default_delay_ms = 1'500;
  config.push_chat_period_ms = 60'000;
  config.push_chat_limit = 2;
  config.edit_time_limit = 172'800;
  config.revoke_time_limit = 2'147'483'647;
  config.revoke_pm_time_limit = 2'147'483'647;
  config.rating_e_decay = 2'419'200;
  config.stickers_recent_limit = 200;
  config.channels_read_media_period = 604'800;
  config.call_receive_timeout_ms = 20'000;
  config.call_ring_timeout_ms = 90'000;
  config.call_connect_timeout_ms = 30'000;
  config.call_packet_timeout_ms = 10'000;
  config.me_url_prefix = "https://t.me/";
  config.caption_length_max = 1'024;
  config.message_length_max = 4'096;
  config.webfile_dc_id = by.in.options.home_dc;
  return config;
}

outcome<api::nearestDc> get_nearest_dc(caller& by, const api::help::getNearestDc&) {
  api::nearestDc nearest;
  nearest.country = "XX";
  nearest.this_dc = by.dc;
  nearest.nearest_dc = by.in.options.home_dc;
  return nearest;
}

outcome<api::cdnConfig> get_cdn_config(caller& by, const api::help::getCdnConfig&) {
  api::cdnConfig config;
  if (by.in.options.cdn_dc == 0) return config;
  api::cdnPublicKey key;
  key.dc_id = by.in.options.cdn_dc;
  key.public_key = by.in.cdn_public_key;
  config.public_keys.push_back(std::move(key));
  return config;
}

// Nothing ever happens in the account that its client did not do itself.
outcome<api::updates::state> get_state(caller& by, const api::updates::getState&) {
  api::updates::state state;
  state.pts = 1;
  state.date = static_cast<std::int32_t>(by.unix_time);
  state.seq = 1;
  return state;
}

// The results below would pull all of Telegram's updates into the types; they are a few words each.
outcome<message_body> no_difference(caller& by, byte_view) {
  bytes made;
  tl::writer out(made);
  out.u32(0x5d75a138);  // updates.differenceEmpty
  out.i32(static_cast<std::int32_t>(by.unix_time));
  out.i32(1);  // seq
  return message_body(std::move(made));
}

outcome<message_body> no_channel_difference(caller&, byte_view) {
  bytes made;
  tl::writer out(made);
  out.u32(0x3e11affb);  // updates.channelDifferenceEmpty
  out.u32(1);           // flags: final
  out.i32(1);           // pts
  return message_body(std::move(made));
}

outcome<message_body> app_config(caller&, byte_view) {
  bytes made;
  tl::writer out(made);
  out.u32(0xdd18782e);  // help.appConfig
  out.i32(1);           // hash
  out.u32(0x99c1d49d);  // jsonObject
  out.u32(tl::vector_id);
  out.i32(0);
  return message_body(std::move(made));
}

outcome<message_body> yes(caller&, byte_view) {
  bytes made;
  tl::writer(made).boolean(true);
  return message_body(std::move(made));
}

}  // namespace

void add_network_calls(method_table& table) {
  table.add<api::help::getConfig>(may_call::anybody, get_config);
  table.add<api::help::getNearestDc>(may_call::anybody, get_nearest_dc);
  table.add<api::help::getCdnConfig>(may_call::people, get_cdn_config);
  table.add<api::updates::getState>(may_call::signed_in, get_state);
  table.add_raw(0x19c2f763, "updates.getDifference", may_call::signed_in, no_difference);
  table.add_raw(0x03173d78, "updates.getChannelDifference", may_call::signed_in,
                no_channel_difference);
  table.add_raw(0x61e3f854, "help.getAppConfig", may_call::anybody, app_config);
  table.add_raw(0x6628562c, "account.updateStatus", may_call::people, yes);
}

}  // namespace mtfetch::testing
