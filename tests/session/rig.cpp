// SPDX-License-Identifier: BSL-1.0
#include "tests/session/rig.hpp"

#include <mtfetch/mtproto_types.hpp>
#include <stdexcept>

#include "mtproto/session/container.hpp"

namespace mtfetch::session::testing {

random_source seeded_random(std::uint64_t seed) {
  auto engine = std::make_shared<std::mt19937_64>(seed);
  return [engine](byte_span out) {
    for (std::uint8_t& each : out) each = static_cast<std::uint8_t>((*engine)());
  };
}

crypto::auth_key key_of(std::uint64_t seed) {
  std::array<std::uint8_t, 256> key{};
  seeded_random(seed)(key);
  return crypto::auth_key(key);
}

instant some_moment() {
  return {time_point(1h), std::chrono::system_clock::time_point(1'700'000'000s)};
}

bytes ask(std::int32_t number) {
  bytes body;
  tl::writer out(body);
  out.u32(ask_id);
  out.i32(number);
  return body;
}

bytes reply(std::int32_t number) {
  bytes body;
  tl::writer out(body);
  out.u32(0x0a115a1e);
  out.i32(number);
  return body;
}

std::int32_t number_in(byte_view body) {
  tl::reader in(body);
  in.u32();
  return in.i32();
}

std::uint32_t wire_message::constructor() const {
  return tl::reader(body).u32();
}

std::vector<wire_message> wire::open(tl::packet_buffer& packet) {
  const auto opened = open_packet(packet.payload(), key_, crypto::side::client, tail::refuse);
  if (!opened) throw std::runtime_error("a packet that does not open");
  const envelope& head = opened->head;
  session_id = head.session_id;
  salt_seen = head.salt;
  const auto copy = [](byte_view view) { return bytes(view.begin(), view.end()); };
  if (!is_container(opened->body)) return {{head.message_id, head.seqno, copy(opened->body), 0, 0}};
  std::vector<wire_message> messages;
  container_reader in(opened->body);
  while (const auto each = in.next()) {
    messages.push_back(
        {each->message_id, each->seqno, copy(each->body), head.message_id, head.seqno});
  }
  if (in.error()) throw std::runtime_error("a container that cannot be read");
  return messages;
}

wire_message wire::make(bytes body, content kind, instant now, tl::message_origin origin) {
  wire_message made;
  made.id = ids_.next(now, duration{}, origin);
  made.seqno = sequence_.next(kind);
  made.body = std::move(body);
  return made;
}

wire_message wire::result(std::int64_t request, byte_view body, instant now) {
  bytes result;
  tl::writer out(result);
  out.u32(mtproto::rpc_result::tl_id);
  out.i64(request);
  out.raw(body);
  return make(std::move(result), content::related, now);
}

bytes wire::seal(const wire_message& message) {
  tl::packet_buffer out;
  begin_packet(out);
  out.append_bytes(message.body);
  seal_packet(out, {salt, session_id, message.id, message.seqno}, key_, crypto::side::server,
              random_);
  const byte_view sealed = out.payload();
  return {sealed.begin(), sealed.end()};
}

bytes wire::seal(const std::vector<wire_message>& messages, instant now) {
  tl::packet_buffer out;
  container_writer inner(out);
  for (const wire_message& each : messages) inner.add(each.id, each.seqno, each.body);
  inner.finish();
  const byte_view body = out.payload();
  return seal(make(bytes(body.begin(), body.end()), content::unrelated, now));
}

bytes wire::seal_raw(byte_view plaintext) {
  bytes packet(crypto::packet_head);
  packet.insert(packet.end(), plaintext.begin(), plaintext.end());
  crypto::seal(packet, key_, crypto::side::server);
  return packet;
}

rig::rig(session_config config, duration server_offset)
    : server(key_of(1), first_salt, seeded_random(2)),
      client(key_of(1), first_salt, server_offset, config, seeded_random(3)) {}

session_config rig::quiet() {
  session_config config;
  config.future_salts = 0;
  config.pack_from = 0;
  return config;
}

std::vector<wire_message> rig::sent() {
  std::vector<wire_message> all;
  tl::packet_buffer packet;
  while (client.poll_transmit(packet, now)) {
    for (wire_message& each : server.open(packet)) all.push_back(std::move(each));
  }
  return all;
}

std::vector<wire_message> rig::sent_requests() {
  std::vector<wire_message> all = sent();
  std::erase_if(all, [](const wire_message& each) { return each.constructor() != ask_id; });
  return all;
}

void rig::connect() {
  client.on_connected(now, tail::refuse);
  sent();
  tell(mtproto::pong());
}

void rig::reconnect() {
  client.on_connection_lost();
  client.on_connected(now, tail::refuse);
}

wire_message rig::send(std::int32_t number, request_options options) {
  client.submit(ask(number), options);
  for (wire_message& each : sent_requests()) {
    if (number_in(each.body) == number) return std::move(each);
  }
  throw std::runtime_error("the request was not sent");
}

std::error_code rig::deliver(bytes packet) {
  auto owner = std::make_shared<bytes>(std::move(packet));
  return client.receive(*owner, owner, now);
}

std::error_code rig::complain(std::int64_t id, std::int32_t code) {
  mtproto::bad_msg_notification complaint;
  complaint.bad_msg_id = id;
  complaint.error_code = code;
  return tell(complaint);
}

std::error_code rig::refuse_salt(std::int64_t id, std::int64_t salt) {
  mtproto::bad_server_salt complaint;
  complaint.bad_msg_id = id;
  complaint.error_code = 48;
  complaint.new_server_salt = salt;
  return tell(complaint);
}

std::vector<event> rig::events() {
  std::vector<event> all;
  while (auto each = client.poll_event()) all.push_back(std::move(*each));
  return all;
}

std::vector<std::int32_t> rig::answered() {
  std::vector<std::int32_t> numbers;
  for (const answer& each : events_of<answer>()) numbers.push_back(number_in(each.body));
  return numbers;
}

std::error_code rig::pass_to_deadline() {
  pass(client.deadline() - now.mono);
  return client.on_deadline(now);
}

}  // namespace mtfetch::session::testing
