// SPDX-License-Identifier: BSL-1.0
// What a client session makes of packets that are sealed as they should be and hold anything.
#include <array>
#include <cstring>

#include "tests/fuzz/targets.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::fuzz {

namespace {

using namespace session::testing;

constexpr std::size_t most_steps = 64;

enum step : std::uint8_t {
  answer = 0,     // a message with an id of the server's, even
  notice = 1,     // the same, odd
  plaintext = 2,  // the whole plaintext but for its session id
  raw = 3,        // a packet as it is
  time = 4,
  request = 5,
  reconnect = 6,
};

// "REQ" and a digit, twice, stand for the id of a request, so that a fuzzer finds those by itself.
void put_ids(bytes& body, const std::vector<std::int64_t>& ids) {
  for (std::size_t at = 0; at + 8 <= body.size(); at += 4) {
    if (std::memcmp(body.data() + at, "REQ", 3) != 0) continue;
    if (std::memcmp(body.data() + at, body.data() + at + 4, 4) != 0) continue;
    const std::int64_t id = ids[body[at + 3] % ids.size()];
    for (unsigned i = 0; i < 8; ++i) body[at + i] = static_cast<std::uint8_t>(id >> 8 * i);
  }
}

}  // namespace

// Steps: a byte that says which, a word for the size, and so many bytes.
void session_packet(byte_view input) {
  session::session_config config = rig::quiet();
  config.gzip_bytes = 1 << 20;
  rig r(config);
  r.connect();
  std::vector<std::int64_t> ids{r.send(1, {session::repeat::allowed}).id, r.send(2).id};
  dice in(input);
  for (std::size_t steps = 0; !in.empty() && steps < most_steps; ++steps) {
    const std::uint8_t how = in.byte() % 7;
    const std::size_t size = in.word();
    const byte_view data = in.take(size);
    bytes body(data.begin(), data.end());
    std::error_code bad;
    switch (how) {
      case step::answer:
      case step::notice:
        put_ids(body, ids);
        body.resize((body.size() + 3) / 4 * 4);
        bad = r.deliver(r.server.make(
            std::move(body),
            how == step::notice ? session::content::related : session::content::unrelated, r.now));
        break;
      case step::plaintext: {
        put_ids(body, ids);
        body.resize((std::max<std::size_t>(body.size(), 48) + 15) / 16 * 16);
        const std::int64_t session = r.client.session_id();
        for (unsigned i = 0; i < 8; ++i) body[8 + i] = static_cast<std::uint8_t>(session >> 8 * i);
        bad = r.deliver(r.server.seal_raw(body));
        break;
      }
      case step::raw:
        bad = r.deliver(std::move(body));
        break;
      case step::time:
        r.pass(std::chrono::milliseconds(size));
        bad = r.client.on_deadline(r.now);
        break;
      case step::request:
        r.client.submit(ask(static_cast<std::int32_t>(steps)));
        break;
      default:
        r.reconnect();
    }
    if (bad) r.reconnect();
    for (const wire_message& each : r.sent()) {
      if (each.constructor() == ask_id) ids.push_back(each.id);
    }
    r.events();
  }
  require(r.client.pending() <= most_steps + 2, "a request ends once");
}

}  // namespace mtfetch::fuzz
