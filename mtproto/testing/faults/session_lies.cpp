// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/faults/session_lies.hpp"

#include <chrono>
#include <mtfetch/mtproto_types.hpp>
#include <utility>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/session/container.hpp"
#include "mtproto/session/packet.hpp"
#include "mtproto/testing/faults/spoiled_answer.hpp"
#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/message_id.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::uint32_t no_constructor = 0x0badc0de;

template <class Write>
bytes body_of(std::uint32_t constructor, Write write) {
  bytes body;
  tl::writer out(body);
  out.u32(constructor);
  write(out);
  return body;
}

bytes gzipped(byte_view body) {
  return body_of(mtproto::gzip_packed::tl_id, [&](tl::writer& out) { out.bytes(tl::gzip(body)); });
}

// Packed once for all, since that takes a while.
const bytes& bomb() {
  static const bytes made = gzipped(bytes(64 * mebibyte));
  return made;
}

// As large as a message may be.
const bytes& allowed_bomb() {
  static const bytes made = gzipped(bytes(16 * mebibyte));
  return made;
}

/// Makes packets with the envelope of the true one, each with an id that no honest message has:
/// those of a server's own messages (3 modulo 4), below the true one's.
class liar {
 public:
  liar(const true_packet& truth, const crypto::auth_key& key, const random_source& random)
      : truth_(truth), key_(key), random_(random) {
    tl::reader in(plaintext());
    head_.salt = in.i64();
    head_.session_id = in.i64();
    head_.message_id = in.i64();
    head_.seqno = in.i32();
    const byte_view said = in.raw_view(static_cast<std::size_t>(in.u32()));
    body_.assign(said.begin(), said.end());
  }

  std::int64_t call() const { return truth_.call; }
  const session::envelope& head() const { return head_; }
  const bytes& body() const { return body_; }
  bytes noise(std::size_t size) const { return testing::noise(random_, size); }

  /// The id of a message that came `back` messages before the true one.
  std::int64_t id_before(std::int64_t back) const {
    return (head_.message_id & ~std::int64_t{3}) - 4 * back + 3;
  }

  bytes truth() const { return seal(bytes(plaintext().begin(), plaintext().end())); }

  /// A packet with this body, well made.
  bytes packet(byte_view body) const { return packet(id_before(1), body); }
  bytes packet(std::int64_t id, byte_view body, std::int32_t seqno = 0) const {
    session::envelope head = head_;
    head.message_id = id;
    head.seqno = seqno;
    tl::packet_buffer out;
    session::begin_packet(out);
    out.append_bytes(body);
    session::seal_packet(out, head, key_, crypto::side::server, random_);
    const byte_view sealed = out.payload();
    return {sealed.begin(), sealed.end()};
  }
  /// The true packet with another envelope.
  bytes with(const session::envelope& head) const {
    return seal(write(head, body_, static_cast<std::uint32_t>(body_.size()), padding_for(body_)));
  }
  /// The true packet with another length field.
  bytes with_length(std::uint32_t length) const {
    return seal(write(head_, body_, length, padding_for(body_)));
  }
  /// A pong with so much padding that the whole is blocks of 16 bytes: 8 bytes more or less.
  bytes with_padding(std::size_t padding) const {
    bytes body = tl::serialize(mtproto::pong());
    while ((session::envelope_size + body.size() + padding) % 16 != 0) body.resize(body.size() + 4);
    session::envelope head = head_;
    head.message_id = id_before(1);
    head.seqno = 0;
    return seal(write(head, body, static_cast<std::uint32_t>(body.size()), padding));
  }

 private:
  byte_view plaintext() const { return truth_.unsealed.subspan(crypto::packet_head); }

  static std::size_t padding_for(byte_view body) {
    return session::least_padding +
           (16 - (session::envelope_size + body.size() + session::least_padding) % 16) % 16;
  }

  bytes write(const session::envelope& head, byte_view body, std::uint32_t length,
              std::size_t padding) const {
    bytes plain;
    tl::writer out(plain);
    out.i64(head.salt);
    out.i64(head.session_id);
    out.i64(head.message_id);
    out.i32(head.seqno);
    out.u32(length);
    out.raw(body);
    out.raw(noise(padding));
    return plain;
  }

  bytes seal(const bytes& plain) const {
    bytes packet(crypto::packet_head);
    packet.insert(packet.end(), plain.begin(), plain.end());
    crypto::seal(packet, key_, crypto::side::server);
    return packet;
  }

  const true_packet& truth_;
  const crypto::auth_key& key_;
  const random_source& random_;
  session::envelope head_;
  bytes body_;
};

struct item {
  std::int64_t id;
  std::int32_t seqno;
  bytes body;
};

bytes container_of(const std::vector<item>& items) {
  return body_of(session::container_id, [&](tl::writer& out) {
    out.u32(static_cast<std::uint32_t>(items.size()));
    for (const item& each : items) {
      out.i64(each.id);
      out.i32(each.seqno);
      out.u32(static_cast<std::uint32_t>(each.body.size()));
      out.raw(each.body);
    }
  });
}

bytes result_of(std::int64_t call, byte_view result) {
  return body_of(mtproto::rpc_result::tl_id, [&](tl::writer& out) {
    out.i64(call);
    out.raw(result);
  });
}

bytes huge_vector(std::uint32_t constructor) {
  return body_of(constructor, [](tl::writer& out) { out.u32(0x80000000); });
}

bytes nonsense() {
  return body_of(no_constructor, [](tl::writer& out) { out.i64(1); });
}

std::int64_t moved(std::int64_t id, std::chrono::seconds by) {
  return id + (static_cast<std::int64_t>(by.count()) << 32);
}

bytes with_flipped_bit(bytes packet, std::size_t at) {
  packet[at] ^= 1;
  return packet;
}

// So many messages in one container, each made by its number.
template <class Make>
bytes flood(const liar& by, std::int64_t count, std::int32_t seqno, Make make) {
  std::vector<item> items;
  for (std::int64_t i = 0; i < count; ++i)
    items.push_back({by.id_before(count + 1 - i), seqno, make(i)});
  return by.packet(container_of(items));
}

std::vector<bytes> packet_lie(const liar& by, session_lie how) {
  const auto length = static_cast<std::uint32_t>(by.body().size());
  switch (how) {
    case session_lie::wrong_msg_key:
      return {with_flipped_bit(by.truth(), 15)};
    case session_lie::unknown_key_id:
      return {with_flipped_bit(by.truth(), 0)};
    case session_lie::no_padding:
      return {by.with_padding(0)};
    case session_lie::short_padding:
      return {by.with_padding(8)};
    case session_lie::long_padding:
      return {by.with_padding(1040)};
    case session_lie::unaligned: {
      bytes packet = by.truth();
      packet.resize(packet.size() - 8);
      return {std::move(packet)};
    }
    case session_lie::length_past_end:
      return {by.with_length(length + 1024)};
    case session_lie::length_negative:
      return {by.with_length(0xfffffffc)};
    case session_lie::length_unaligned:
      return {by.with_length(length + 1)};
    case session_lie::foreign_session: {
      session::envelope head = by.head();
      ++head.session_id;
      return {by.with(head)};
    }
    case session_lie::garbage:
      return std::vector<bytes>(16, by.noise(mebibyte));
    default:
      return {};
  }
}

std::vector<bytes> id_lie(const liar& by, session_lie how) {
  using namespace std::chrono_literals;
  const std::int64_t id = by.head().message_id;
  switch (how) {
    case session_lie::old_id:
      return {by.packet(moved(id, -301s), nonsense())};
    case session_lie::future_id:
      return {by.packet(moved(id, 31s), nonsense())};
    case session_lie::even_id:
      return {by.packet(id & ~std::int64_t{3}, nonsense())};
    case session_lie::nobodys_id:
      return {by.packet((id & ~std::int64_t{3}) + 2, nonsense())};
    default:
      return {};
  }
}

std::vector<bytes> container_lie(const liar& by, session_lie how) {
  const bytes pong = tl::serialize(mtproto::pong());
  switch (how) {
    case session_lie::nested_container:
      return {by.packet(
          container_of({{by.id_before(2), 0, container_of({{by.id_before(3), 0, nonsense()}})}}))};
    case session_lie::item_above_container:
      return {by.packet(container_of({{by.id_before(0), 0, pong}}))};
    case session_lie::container_of_2_31:
      return {by.packet(huge_vector(session::container_id))};
    case session_lie::item_past_end: {
      bytes body = container_of({{by.id_before(2), 0, pong}});
      body.resize(body.size() - 4);
      return {by.packet(body)};
    }
    case session_lie::gzip_in_gzip:
      return {by.packet(gzipped(gzipped(nonsense())))};
    case session_lie::gzip_bomb:
      return {by.packet(bomb())};
    case session_lie::gzip_bomb_in_answer:
      return {by.packet(result_of(by.call(), bomb()))};
    case session_lie::gzip_bombs_in_container:
      return {flood(by, 100, 1, [](std::int64_t) { return allowed_bomb(); })};
    default:
      return {};
  }
}

std::vector<bytes> message_lie(const liar& by, session_lie how) {
  switch (how) {
    case session_lie::vector_of_2_31:
      return {by.packet(body_of(mtproto::msgs_state_req::tl_id, [](tl::writer& out) {
        out.raw(huge_vector(tl::vector_id));
        out.i64(1);
      }))};
    case session_lie::vector_of_2_31_in_answer:
      return {by.packet(result_of(by.call(), huge_vector(tl::vector_id)))};
    case session_lie::length_past_end_in_answer:
      return {
          by.packet(result_of(by.call(), body_of(mtproto::rpc_error::tl_id, [](tl::writer& out) {
                                out.i32(400);
                                out.u32(0xfffffffe);  // a text of 16 MiB less one byte
                              })))};
    case session_lie::answer_to_nothing:
      return {by.packet(result_of(by.call() - 4, nonsense()))};
    case session_lie::unknown_constructor:
      return {by.packet(nonsense())};
    case session_lie::session_flood:
      return {flood(by, 1000, 1, [](std::int64_t i) {
        mtproto::new_session_created created;
        created.unique_id = i + 1;
        created.server_salt = i;
        return tl::serialize(created);
      })};
    case session_lie::ack_flood: {
      mtproto::msgs_ack acks;
      acks.msg_ids.resize(mebibyte);
      return {by.packet(gzipped(tl::serialize(acks)))};
    }
    case session_lie::question_flood:
      return {flood(by, 1000, 1, [&](std::int64_t) {
        mtproto::msgs_state_req question;
        question.msg_ids.resize(100, by.call());
        return tl::serialize(question);
      })};
    case session_lie::complaint_flood:
      return {flood(by, 1000, 0, [&](std::int64_t i) {
        if (i % 32 == 0) return tl::serialize(mtproto::pong());
        mtproto::bad_server_salt complaint;
        complaint.bad_msg_id = by.call();
        complaint.error_code = 48;
        complaint.new_server_salt = by.head().salt;
        return tl::serialize(complaint);
      })};
    default:
      return {};
  }
}

}  // namespace

std::vector<bytes> lie_about(const true_packet& truth, session_lie how, const crypto::auth_key& key,
                             const random_source& random) {
  const liar by(truth, key, random);
  if (how == session_lie::replayed) return {by.truth(), by.truth()};
  if (how == session_lie::replayed_thrice) {
    std::vector<bytes> packets{by.truth()};
    const bytes again = session::is_container(by.body())
                            ? by.body()
                            : container_of({{by.head().message_id, by.head().seqno, by.body()}});
    for (std::int64_t i = 1; i <= 3; ++i) packets.push_back(by.packet(by.id_before(-i), again));
    return packets;
  }
  std::vector<bytes> packets = packet_lie(by, how);
  for (const auto& kind : {id_lie, container_lie, message_lie}) {
    if (packets.empty()) packets = kind(by, how);
  }
  packets.push_back(by.truth());
  return packets;
}

}  // namespace mtfetch::testing
