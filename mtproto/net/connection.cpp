// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/connection.hpp"

#include "mtproto/net/clock.hpp"
#include "mtproto/net/layered.hpp"

#include <mtfetch/error.hpp>

#include <asio/completion_condition.hpp>
#include <asio/error.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

namespace mtfetch::net {
namespace {

// A gathered write is cut at so many packets or bytes: enough to make system calls cheap and to
// seal a few large packets together, little enough that an urgent one does not wait long behind.
constexpr std::size_t packets_a_write = 32;
constexpr std::size_t bytes_a_write = std::size_t{4} << 20;
constexpr std::size_t most_quick_acks = 1024;
// So much of an unfinished packet in the time that a pong may take is about 1 KiB/s, less than any
// way that is of use; and a packet that never ends is noticed, since its size is bounded.
constexpr std::size_t sign_of_life = std::size_t{16} << 10;
// What layers may have to say to a peer that makes them answer and takes nothing.
constexpr std::size_t most_answers = std::size_t{64} << 10;

}  // namespace

std::error_code transport_error(std::int32_t code) {
  switch (code) {
    case -404:
      return transport_errc::auth_key_unknown;
    case -429:
      return transport_errc::flood;
    case -444:
      return transport_errc::wrong_dc;
    default:
      return transport_errc::server_error;
  }
}

connection::connection(asio::ip::tcp::socket socket, transport::stream stream, machine driven,
                       transport::layers layers, doors open)
    : socket_(std::move(socket)),
      stream_(std::move(stream)),
      layers_(std::move(layers)),
      doors_(std::move(open)),
      machine_(std::move(driven)),
      timer_(socket_.get_executor()),
      stall_timer_(socket_.get_executor()),
      reader_gate_(socket_.get_executor(), time_point::max()),
      batch_(2 * packets_a_write),
      greeting_(stream_.greeting()),
      from_wire_(layers_.empty() ? 0 : layered_read_size) {}

asio::awaitable<std::error_code> connection::run() {
  using asio::experimental::awaitable_operators::operator&&;
  const auto self = shared_from_this();
  co_await (read_loop() && write_loop());
  machine_ = machine();  // what it holds may hold this connection
  co_return ended_.value_or(make_error_code(transport_errc::closed));
}

void connection::wake() {
  timer_.cancel();
  reader_gate_.cancel();
}

void connection::close(std::error_code why) {
  if (ended_) return;
  ended_ = why;
  std::error_code ignored;
  socket_.close(ignored);
  stall_timer_.cancel();
  wake();
}

void connection::close_with_transport_error(std::int32_t code) {
  if (!last_word_) last_word_ = code;
  wake();
}

void connection::acknowledge(std::uint32_t token) {
  // A peer that asks for them and reads none gets no more: nobody may rely on them.
  if (quick_acks_.size() >= most_quick_acks) return;
  quick_acks_.push_back(token);
  wake();
}

asio::awaitable<void> connection::read_loop() {
  std::error_code failed;
  while (!ended_) {
    // First of all: a key exchange on this socket may have left packets behind.
    if (const std::error_code refused = take_packets(); refused) failed = refused;
    settle();
    if (failed) break;
    while (!ended_ && (last_word_ || answers_.size() > most_answers ||
                       (machine_.may_read && !machine_.may_read()))) {
      std::error_code woken;
      co_await reader_gate_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) {
        close(asio::error::operation_aborted);
      }
    }
    if (ended_) break;
    const byte_span room = room_to_read();
    const asio::mutable_buffer target(room.data(), room.size());
    const std::size_t count =
        co_await socket_.async_read_some(target, asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::eof) failed = transport_errc::closed;
    if (failed) break;
    // Packets that were complete before a bad frame are still taken, above.
    failed = take_bytes(room.first(count));
  }
  // The layers' last word, where it goes out at once: a CLOSE is answered with a CLOSE.
  if (!ended_ && writing_ == 0 && !answers_.empty()) {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.write_some(asio::const_buffer(answers_.data(), answers_.size()), ignored);
  }
  close(failed);
}

byte_span connection::room_to_read() {
  return layers_.empty() ? stream_.prepare() : byte_span(from_wire_);
}

std::error_code connection::take_bytes(byte_view read) {
  // settle() wakes the writer for answers.
  std::error_code failed = layers_.empty() ? stream_.commit(read.size())
                                           : take_layered(layers_, stream_, read, plain_, answers_);
  unfinished_ += layers_.empty() ? read.size() : plain_.size();
  if (unfinished_ >= sign_of_life) {
    unfinished_ = 0;
    const instant at = now();
    answer_due_ = at.mono + machine_.answer_within;
    if (machine_.on_traffic) machine_.on_traffic(at);
  }
  while (!failed && (stream_.begins_with() == transport::opening::tls ||
                     stream_.begins_with() == transport::opening::websocket)) {
    failed = open_door();
  }
  return failed;
}

// A client of ours began with a layer: it is put below the stream, with the bytes that it begins
// with. TLS comes once, and WebSocket once, the other way round not at all.
std::error_code connection::open_door() {
  const bool wants_tls = stream_.begins_with() == transport::opening::tls;
  if (wants_tls ? !doors_.tls : !doors_.random) return transport_errc::unknown_framing;
  const bytes first = stream_.first_bytes();
  from_wire_.resize(layered_read_size);
  std::error_code failed;
  bytes plain;
  if (wants_tls) {
    failed = layers_.add(transport::tls::server(*doors_.tls), first, plain, answers_);
    doors_.tls.reset();
  } else {
    failed = layers_.add(transport::websocket_server(doors_.random), first, plain, answers_);
    doors_ = {};
  }
  const std::error_code unframed = commit_all(stream_, plain);
  return failed ? failed : unframed;
}

std::error_code connection::take_packets() {
  const instant at = now();
  while (!ended_ && !last_word_) {
    auto next = stream_.next();
    if (!next) break;
    std::error_code failed;
    if (auto* packet = std::get_if<transport::packet>(&*next)) {
      unfinished_ = 0;
      if (machine_.on_packet) failed = machine_.on_packet(*packet, at);
    } else if (const auto* code = std::get_if<std::int32_t>(&*next)) {
      failed =
          machine_.on_transport_error ? machine_.on_transport_error(*code) : transport_error(*code);
    } else if (const auto* ack = std::get_if<transport::quick_ack>(&*next)) {
      if (machine_.on_quick_ack) machine_.on_quick_ack(ack->token);
    }
    if (failed) return failed;
  }
  return {};
}

void connection::settle() {
  if (machine_.settled) machine_.settled();
  timer_.cancel();
}

// Asks the machine for packets and puts them into batch_ from `first` on. Gives the place behind
// the last.
std::size_t connection::take_outgoing(std::size_t first) {
  to_seal_.clear();
  const instant at = now();
  std::size_t used = first;
  std::size_t size = 0;
  // Over HTTP one packet is a whole request, or a whole answer.
  const bool one_by_one = stream_.kind() == transport::framing::http;
  const std::size_t room = !stream_.may_send() ? first : one_by_one ? first + 1 : batch_.size();
  for (; machine_.next_packet && used < room && size < bytes_a_write; ++used) {
    outgoing& next = batch_[used];
    next.packet.clear();
    next.seal_with.reset();
    if (!machine_.next_packet(next, at)) break;
    size += next.packet.size();
    if (next.seal_with) {
      to_seal_.push_back({next.packet.payload(), next.seal_with.get(), next.sender});
    }
  }
  return used;
}

// Fills batch_ and pieces_ with what is due now. Frames are made in the order in which they are
// written, since obfuscation is one stream of cipher.
asio::awaitable<std::error_code> connection::collect() {
  pieces_.clear();
  writing_ = greeting_.size();
  if (!greeting_.empty()) pieces_.emplace_back(greeting_.data(), greeting_.size());
  const auto add = [&](const outgoing& ready) {
    const byte_view framed = ready.packet.payload();
    if (framed.empty()) return;
    pieces_.emplace_back(framed.data(), framed.size());
    writing_ += framed.size();
  };
  const std::size_t acks = std::min(quick_acks_.size(), packets_a_write);
  for (std::size_t i = 0; i < acks; ++i) {
    stream_.frame_quick_ack(quick_acks_[i], batch_[i].packet);
    add(batch_[i]);
  }
  quick_acks_.erase(quick_acks_.begin(), quick_acks_.begin() + static_cast<std::ptrdiff_t>(acks));
  const std::size_t used = take_outgoing(acks);
  if (machine_.sealer) {
    co_await machine_.sealer->seal(to_seal_);
  } else {
    crypto::seal_batch(to_seal_);
  }
  for (std::size_t i = acks; i < used; ++i) {
    batch_[i].seal_with.reset();
    if (const std::error_code failed = stream_.frame(batch_[i].packet)) co_return failed;
    add(batch_[i]);
    if (stream_.awaits_answer()) answer_due_ = now().mono + machine_.answer_within;
  }
  if (pieces_.empty() && last_word_ && !last_word_said_) {
    stream_.frame_error(*last_word_, batch_.front().packet);
    last_word_said_ = true;
    add(batch_.front());
  }
  if (!layers_.empty()) pass_through_layers();
  co_return std::error_code();
}

// Makes one piece of all, behind what the layers have to say themselves.
void connection::pass_through_layers() {
  bytes plain;
  plain.reserve(writing_);
  for (const asio::const_buffer& piece : pieces_) {
    const auto* const data = static_cast<const std::uint8_t*>(piece.data());
    plain.insert(plain.end(), data, data + piece.size());
  }
  to_wire_.swap(answers_);
  answers_.clear();
  if (!plain.empty()) layers_.send(plain, to_wire_);
  pieces_.clear();
  writing_ = to_wire_.size();
  if (!to_wire_.empty()) pieces_.emplace_back(to_wire_.data(), to_wire_.size());
}

// One timer for many writes: it looks when the first of them would have stalled, and again for the
// last bytes since.
void connection::watch_writing() {
  if (std::exchange(stall_armed_, true)) return;
  stall_timer_.expires_at(written_at_ + machine_.write_stall);
  stall_timer_.async_wait([weak = weak_from_this()](std::error_code cancelled) {
    const auto self = weak.lock();
    if (!self || cancelled) return;
    self->stall_armed_ = false;
    if (self->ended_ || self->writing_ == 0) return;
    if (now().mono >= self->written_at_ + self->machine_.write_stall) {
      self->close(transport_errc::timed_out);
    } else {
      self->watch_writing();
    }
  });
}

asio::awaitable<void> connection::write_loop() {
  while (!ended_) {
    std::error_code failed = co_await collect();
    if (failed) {
      close(failed);
      break;
    }
    if (!pieces_.empty()) {
      const auto all_in_time = [this](std::error_code why, std::size_t written) {
        written_at_ = now().mono;
        watch_writing();
        return asio::transfer_all()(why, written);
      };
      // As a span: asio keeps a copy of the sequence.
      const std::span<const asio::const_buffer> pieces(pieces_);
      co_await asio::async_write(socket_, pieces, all_in_time,
                                 asio::redirect_error(asio::use_awaitable, failed));
      greeting_.clear();
      writing_ = 0;
      reader_gate_.cancel();
    } else if (last_word_said_) {
      // The peer reads the error before it sees the end of the stream.
      std::error_code ignored;
      socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      failed = transport_errc::closed;
    } else {
      // While an answer is outstanding nothing can be sent, so that what the machine has to do at
      // its deadline must wait as well.
      const bool answer_first = stream_.awaits_answer();
      const time_point due = answer_first        ? answer_due_
                             : machine_.deadline ? machine_.deadline()
                                                 : no_deadline;
      timer_.expires_at(due);
      std::error_code woken;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) {
        failed = asio::error::operation_aborted;
      } else if (answer_first) {
        if (answer_due_ <= now().mono && stream_.awaits_answer())
          failed = transport_errc::timed_out;
      } else if (!ended_ && machine_.on_deadline && machine_.deadline &&
                 machine_.deadline() <= std::chrono::steady_clock::now()) {
        failed = machine_.on_deadline(now());
        settle();
      }
    }
    if (failed) close(failed);
  }
}

}  // namespace mtfetch::net
