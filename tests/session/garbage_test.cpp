// SPDX-License-Identifier: BSL-1.0
// Packets that are sealed as they should be and hold what no honest server says.
#include <gtest/gtest.h>

#include <mtfetch/mtproto_types.hpp>
#include <random>

#include "mtproto/session/container.hpp"
#include "mtproto/tl/gzip.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

class liar {
 public:
  explicit liar(std::uint32_t seed) : dice_(seed) {}

  /// Something like a message about one of the client's ids, damaged more often than not.
  bytes body(const std::vector<std::int64_t>& ids) {
    bytes made = honest(ids);
    switch (below(6)) {
      case 0:
        break;
      case 1:
        made.resize(made.size() / 4 / 2 * 4);
        break;
      case 2:
        made.resize(made.size() + 4 * below(8), 0xff);
        break;
      case 3:
        made = packed(made);
        break;
      default:
        for (std::size_t i = 0; i <= below(4) && !made.empty(); ++i) {
          made[below(made.size())] = static_cast<std::uint8_t>(dice_());
        }
    }
    if (made.size() < 4) made.resize(4);
    return made;
  }
  std::size_t below(std::size_t end) { return dice_() % end; }

 private:
  std::int64_t pick(const std::vector<std::int64_t>& ids) {
    if (ids.empty() || below(4) == 0) return static_cast<std::int64_t>(dice_()) << 30;
    return ids[below(ids.size())];
  }
  bytes packed(byte_view from) {
    bytes made;
    tl::writer out(made);
    out.u32(mtproto::gzip_packed::tl_id);
    out.bytes(tl::gzip(from));
    return made;
  }
  bytes honest(const std::vector<std::int64_t>& ids) {
    static constexpr std::uint32_t with_id[] = {mtproto::rpc_result::tl_id,
                                                mtproto::bad_msg_notification::tl_id,
                                                mtproto::bad_server_salt::tl_id,
                                                mtproto::new_session_created::tl_id,
                                                mtproto::msgs_state_info::tl_id,
                                                mtproto::msg_detailed_info::tl_id,
                                                mtproto::msg_new_detailed_info::tl_id,
                                                mtproto::future_salts::tl_id,
                                                mtproto::pong::tl_id,
                                                mtproto::destroy_session_ok::tl_id};
    static constexpr std::uint32_t with_ids[] = {
        mtproto::msgs_ack::tl_id, mtproto::msgs_state_req::tl_id, mtproto::msg_resend_req::tl_id,
        mtproto::msgs_all_info::tl_id};
    static constexpr std::int32_t codes[] = {16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64, 1};
    bytes made;
    tl::writer out(made);
    if (below(4) == 0) {
      out.u32(with_ids[below(std::size(with_ids))]);
      out.u32(tl::vector_id);
      const std::size_t count = below(5);
      out.u32(static_cast<std::uint32_t>(count));
      for (std::size_t i = 0; i < count; ++i) out.i64(pick(ids));
      out.bytes(bytes(count, static_cast<std::uint8_t>(below(8))));
      return made;
    }
    out.u32(with_id[below(std::size(with_id))]);
    out.i64(pick(ids));
    out.i32(static_cast<std::int32_t>(below(9)));
    out.i32(codes[below(std::size(codes))]);
    if (below(2) == 0) out.i64(pick(ids));
    return made;
  }

  std::mt19937 dice_;
};

TEST(client_session_garbage, breaks_nothing_and_every_request_still_has_one_end) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    rig r;
    liar server(seed);
    std::map<request_id, int> ends;
    std::vector<std::int64_t> ids;
    const auto look = [&] {
      for (const wire_message& each : r.sent()) {
        ids.push_back(each.id);
        if (each.container != 0) ids.push_back(each.container);
      }
      for (const event& each : r.events()) {
        if (const auto* good = std::get_if<answer>(&each)) ++ends[good->id];
        if (const auto* bad = std::get_if<failure>(&each)) ++ends[bad->id];
        if (const auto* gone = std::get_if<lost>(&each)) ++ends[gone->id];
      }
    };
    std::vector<request_id> submitted;
    r.client.on_connected(r.now, tail::refuse);
    for (int step = 0; step < 60; ++step) {
      if (step % 4 == 0) {
        const repeat kind = step % 8 == 0 ? repeat::allowed : repeat::never;
        submitted.push_back(r.client.submit(ask(step), {kind}));
        ends[submitted.back()] = 0;
      }
      look();
      r.pass(std::chrono::milliseconds(server.below(3000)));
      std::error_code bad = r.client.on_deadline(r.now);
      wire_message message = r.server.make(
          server.body(ids), server.below(2) == 0 ? content::related : content::unrelated, r.now);
      if (server.below(5) == 0) {
        const wire_message second = r.server.make(server.body(ids), content::related, r.now);
        if (!bad) bad = r.deliver(r.server.seal({message, second}, r.now));
      } else if (!bad) {
        bad = r.deliver(message);
      }
      if (bad) r.reconnect();
    }
    look();
    // In the end an honest server answers all that is left.
    for (int round = 0; round < 60 && r.client.pending() > 0; ++round) {
      r.pass(1s);
      if (r.client.on_deadline(r.now)) r.reconnect();
      std::vector<wire_message> sent = r.sent();
      for (const wire_message& each : sent) {
        if (each.constructor() == ask_id) r.give(each.id, reply(number_in(each.body)));
        if (each.constructor() == mtproto::ping_delay_disconnect::tl_id) r.tell(mtproto::pong{});
        if (each.constructor() != mtproto::msgs_state_req::tl_id) continue;
        mtproto::msgs_state_info info;
        info.req_msg_id = each.id;
        info.info = shared_bytes(bytes(each.as<mtproto::msgs_state_req>().msg_ids.size(), 2));
        EXPECT_FALSE(r.tell(info));
      }
      if (round % 5 == 4) r.reconnect();
      for (const event& each : r.events()) {
        if (const auto* good = std::get_if<answer>(&each)) ++ends[good->id];
        if (const auto* gone = std::get_if<lost>(&each)) ++ends[gone->id];
      }
    }
    EXPECT_EQ(r.client.pending(), 0u);
    for (const request_id id : submitted) EXPECT_EQ(ends.at(id), 1);
  }
}

TEST(client_session_garbage, noise_is_refused_whatever_its_size) {
  rig r;
  r.connect();
  const random_source noise = seeded_random(9);
  for (const std::size_t size : {0u, 4u, 23u, 24u, 71u, 72u, 88u, 4096u, 16u * 1024 * 1024}) {
    bytes packet(size);
    noise(packet);
    EXPECT_EQ(r.deliver(std::move(packet)), security_errc::bad_packet) << size;
  }
}

TEST(client_session_garbage, plaintexts_of_noise_are_refused) {
  rig r;
  r.connect();
  const random_source noise = seeded_random(10);
  for (std::size_t size = 48; size < 600; size += 16) {
    bytes plain(size);
    noise(plain);
    EXPECT_EQ(r.deliver(r.server.seal_raw(plain)), security_errc::bad_packet) << size;
  }
}

}  // namespace
}  // namespace mtfetch::session::testing
