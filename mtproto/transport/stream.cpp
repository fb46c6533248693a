// SPDX-License-Identifier: BSL-1.0
// One connection: recognises the other side, takes frames apart and puts them together.
#include "mtproto/transport/stream.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "mtproto/transport/little_endian.hpp"

namespace mtfetch::transport {
namespace {

/// A client pads as much as the framing allows.
constexpr std::size_t most_padding = 15;
/// The smallest message is a plaintext one without a body.
constexpr std::size_t smallest_message = 20;

bool all_equal(byte_view data, std::uint8_t value) {
  return std::ranges::all_of(data, [&](std::uint8_t b) { return b == value; });
}

// An obfuscated beginning avoids all of these.
opening opening_of(byte_view first_four) {
  constexpr std::uint8_t tls_record[] = {0x16, 0x03, 0x01};
  if (as_text(first_four) == "GET ") return opening::websocket;
  if (std::ranges::equal(first_four.first(3), tls_record)) return opening::tls;
  return opening::own;
}

}  // namespace

stream::stream(role side, std::size_t max_packet, std::size_t max_padding, random_source random,
               std::optional<buffer_pool> buffers)
    : side_(side),
      max_packet_(max_packet),
      max_padding_(max_padding),
      random_(std::move(random)),
      input_(buffers ? std::move(*buffers) : buffer_pool()) {}

stream stream::client(stream_options options, random_source random) {
  stream made(role::client, options.max_packet, most_padding, std::move(random),
              std::move(options.buffers));
  made.codec_ = made.make_codec(options.kind, std::move(options.http_host), options.http_path);
  if (options.kind == framing::full || options.kind == framing::http) return made;
  if (!options.obfuscated) {
    made.greeting_.assign(options.kind == framing::abridged ? 1 : 4, tag_byte(options.kind));
    return made;
  }
  client_obfuscation begun = begin_obfuscation(
      draw_greeting(options.kind, options.dc, made.random_), options.proxy_secret);
  made.greeting_.assign(begun.wire.begin(), begun.wire.end());
  made.ciphers_ = std::move(begun.ciphers);
  return made;
}

stream stream::server(server_options options) {
  return stream(role::server, options.max_packet, std::min(options.max_padding, most_padding),
                std::move(options.random), std::move(options.buffers));
}

codec stream::make_codec(framing kind, std::string host, std::string path) const {
  switch (kind) {
    case framing::abridged:
      return abridged_codec();
    case framing::intermediate:
      return intermediate_codec();
    case framing::padded_intermediate:
      return padded_codec{max_padding_, random_};
    case framing::http:
      return http_codec(side_, max_packet_, std::move(host), std::move(path));
    case framing::full:
      break;
  }
  return full_codec();
}

bytes stream::greeting() {
  return std::exchange(greeting_, {});
}

byte_span stream::prepare() {
  return input_.prepare();
}

std::error_code stream::commit(std::size_t n) {
  if (failed_) return failed_;
  const std::size_t before = input_.unread().size();
  input_.commit(n);
  if (ciphers_) ciphers_->receive.apply(input_.unread().subspan(before));
  if (!codec_) failed_ = recognise();
  if (!failed_ && codec_) failed_ = find_frames();
  return failed_;
}

std::error_code stream::recognise() {
  const byte_span in = input_.unread();
  const auto begin_with = [this](framing kind, std::size_t tag) {
    opening_ = opening::own;
    codec_ = make_codec(kind);
    input_.consume(tag);
    return std::error_code();
  };
  if (in.empty()) return {};
  if (opening_ != opening::undecided) return transport_errc::unknown_framing;
  if (in[0] == 0xef) return begin_with(framing::abridged, 1);
  if (in.size() < 4) return {};
  if (all_equal(in.first(4), 0xee)) return begin_with(framing::intermediate, 4);
  if (all_equal(in.first(4), 0xdd)) return begin_with(framing::padded_intermediate, 4);
  if (as_text(in.first(4)) == "POST") return begin_with(framing::http, 0);
  if (opening_of(in.first(4)) != opening::own) {
    opening_ = opening_of(in.first(4));
    return {};
  }
  if (as_text(in.first(4)) == "HEAD" || as_text(in.first(4)) == "OPTI") {
    return transport_errc::unknown_framing;
  }
  if (in.size() < 8) return {};
  if (all_equal(in.subspan(4, 4), 0)) return begin_with(framing::full, 0);
  if (in.size() < greeting_size) return {};
  std::optional<server_obfuscation> accepted = accept_obfuscation(in.first<greeting_size>());
  if (!accepted) return transport_errc::unknown_framing;
  ciphers_ = std::move(accepted->ciphers);
  ciphers_->receive.apply(in.subspan(greeting_size));
  return begin_with(accepted->kind, greeting_size);
}

std::error_code stream::find_frames() {
  const std::size_t padding = std::holds_alternative<padded_codec>(*codec_) ? most_padding : 0;
  for (;;) {
    const byte_span in = input_.unread();
    const result<frame_shape> shape =
        std::visit([&](auto& each) { return each.measure(in, side_); }, *codec_);
    if (!shape) return shape.error();
    if (shape->size == 0) return {};
    if (shape->payload > max_packet_ + padding) {
      return transport_errc::frame_too_large;
    }
    if (in.size() < shape->size) {
      input_.expect(shape->size);
      return {};
    }
    if (const std::error_code error = take(*shape)) return error;
    input_.consume(shape->size);
  }
}

std::error_code stream::take(const frame_shape& shape) {
  const byte_span frame = input_.unread().first(shape.size);
  if (shape.quick_ack) {
    ready_.push_back(quick_ack{*shape.quick_ack});
    return {};
  }
  if (shape.transport_error) {
    ready_.push_back(*shape.transport_error);
    return {};
  }
  if (full_codec* const full = std::get_if<full_codec>(&*codec_)) {
    if (const std::error_code error = full->check(frame)) return error;
  }
  http_codec* const http = std::get_if<http_codec>(&*codec_);
  if (http) http->take(frame);
  byte_span payload = frame.subspan(shape.offset, shape.payload);
  if (std::holds_alternative<padded_codec>(*codec_)) {
    payload = payload.first(padded_codec::unpadded_size(payload));
  }
  if (payload.size() > max_packet_) return transport_errc::frame_too_large;
  if (payload.empty()) return {};
  if (side_ == role::client && payload.size() < smallest_message) return take_short(payload);
  const bool answer_due = http && side_ == role::server;
  ready_.push_back(packet{input_.owner(), payload, shape.quick_ack_requested, answer_due});
  return {};
}

std::error_code stream::take_short(byte_view payload) {
  const bool padded = std::holds_alternative<padded_codec>(*codec_);
  if (payload.size() < 4 || (payload.size() > 4 && !padded)) {
    return transport_errc::bad_frame;
  }
  const auto code = static_cast<std::int32_t>(load_u32(payload));
  if (padded && code == -1 && payload.size() >= 8) {
    ready_.push_back(quick_ack{load_u32(payload.subspan(4))});
  } else if (code < 0) {
    ready_.push_back(code);
  } else if (code > 0) {
    return transport_errc::bad_frame;
  }
  return {};  // zero: a frame that says nothing
}

bytes stream::first_bytes() {
  const byte_view in = input_.unread();
  bytes raw(in.begin(), in.end());
  input_.consume(in.size());
  opening_ = opening::undecided;
  return raw;
}

bool stream::may_send() const {
  const http_codec* const http = codec_ ? std::get_if<http_codec>(&*codec_) : nullptr;
  return !http || http->may_send();
}

bool stream::awaits_answer() const {
  const http_codec* const http = codec_ ? std::get_if<http_codec>(&*codec_) : nullptr;
  return http && http->awaits_answer();
}

std::optional<received> stream::next() {
  if (taken_ == ready_.size()) {
    ready_.clear();
    taken_ = 0;
    return std::nullopt;
  }
  return std::move(ready_[taken_++]);
}

std::error_code stream::frame(tl::packet_buffer& packet, bool request_quick_ack) {
  if (!codec_) return transport_errc::unknown_framing;
  if (packet.size() > max_packet_) return transport_errc::frame_too_large;
  const std::error_code refused =
      std::visit([&](auto& each) { return each.wrap(packet, request_quick_ack); }, *codec_);
  if (refused) return refused;
  if (ciphers_) ciphers_->send.apply(packet.payload());
  return {};
}

void stream::frame_error(std::int32_t code, tl::packet_buffer& out) {
  out.clear();
  if (!codec_) return;
  if (http_codec* const http = std::get_if<http_codec>(&*codec_)) {
    http->wrap_error(code, out);
    return;
  }
  store_u32(out.append(4), static_cast<std::uint32_t>(code));
  frame(out);
}

void stream::frame_quick_ack(std::uint32_t token, tl::packet_buffer& out) {
  out.clear();
  if (!codec_) return;
  switch (*kind()) {
    case framing::abridged: {
      const byte_span wire = out.append(4);
      store_u32(wire, token);
      std::ranges::reverse(wire);
      break;
    }
    case framing::intermediate:
      store_u32(out.append(4), token);
      break;
    case framing::padded_intermediate:
      store_u32(out.append(4), 0xffffffff);
      store_u32(out.append(4), token);
      frame(out);
      return;
    case framing::full:
    case framing::http:
      return;
  }
  if (ciphers_) ciphers_->send.apply(out.payload());
}

std::optional<framing> stream::kind() const {
  if (!codec_) return std::nullopt;
  return std::visit([](const auto& each) { return each.kind; }, *codec_);
}

}  // namespace mtfetch::transport
