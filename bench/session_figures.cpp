// SPDX-License-Identifier: BSL-1.0
// session.messages_per_s and session.allocations_per_packet: requests and their answers through a
// client session and the server-side pieces, both on this one core, crypto included.
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <mtfetch/mtproto_types.hpp>
#include <new>

#include "mtproto/crypto/random.hpp"
#include "mtproto/session/client_session.hpp"
#include "mtproto/session/container.hpp"
#include "mtproto/tl/writer.hpp"

namespace {

std::size_t allocations = 0;
std::size_t openssl_allocations = 0;

void* openssl_malloc(std::size_t size, const char*, int) {
  ++openssl_allocations;
  return std::malloc(size);
}
void* openssl_realloc(void* memory, std::size_t size, const char*, int) {
  ++openssl_allocations;
  return std::realloc(memory, size);
}
void openssl_free(void* memory, const char*, int) {
  std::free(memory);
}

}  // namespace

// Counts what everything in this program but OpenSSL asks the heap for.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace mtfetch::session {
namespace {

constexpr std::size_t request_size = 32;
constexpr std::size_t answer_size = 32;
constexpr std::size_t at_once = 1000;  // requests submitted together

/// The server's side without its work: opens packets and answers each request.
class answering_server {
 public:
  explicit answering_server(const crypto::auth_key& key) : key_(key) {}

  void receive(byte_span packet, tl::packet_buffer& out, instant now) {
    const auto opened = open_packet(packet, key_, crypto::side::client, tail::refuse);
    if (!opened) std::abort();
    begin_packet(out);
    container_writer answers(out);
    if (is_container(opened->body)) {
      seen_.record(opened->head.message_id);
      container_reader messages(opened->body);
      while (const auto each = messages.next()) take(each->message_id, each->body, answers, now);
      if (messages.error()) std::abort();
    } else {
      take(opened->head.message_id, opened->body, answers, now);
    }
    answers.finish();
    const envelope head{opened->head.salt, opened->head.session_id, next_id(now),
                        sequence_.next(content::unrelated)};
    seal_packet(out, head, key_, crypto::side::server, random_);
  }

 private:
  void take(std::int64_t id, byte_view body, container_writer& answers, instant now) {
    if (seen_.record(id) != seen_ids::verdict::fresh) std::abort();
    switch (tl::reader(body).u32()) {
      case mtproto::msgs_ack::tl_id:
        return;
      case mtproto::ping_delay_disconnect::tl_id:
        return;
      default:
        break;
    }
    body_.clear();
    tl::writer result(body_);
    result.u32(mtproto::rpc_result::tl_id);
    result.i64(id);
    result.raw(answer_);
    answers.add(next_id(now), sequence_.next(content::related), body_);
  }
  std::int64_t next_id(instant now) {
    return ids_.next(now, duration{}, tl::message_origin::server_answer);
  }

  crypto::auth_key key_;
  random_source random_ = crypto::system_random();
  seen_ids seen_{4096};
  sequence sequence_;
  tl::message_id_generator ids_;
  std::array<std::uint8_t, answer_size> answer_{1, 2, 3, 4};
  bytes body_;
};

/// Request and answer `rounds` times `at_once`; counts the packets of both directions.
class exchange {
 public:
  exchange() : server_(key_), client_(key_, 1, {}, config(), crypto::system_random()) {
    client_.on_connected(now_, tail::refuse);
  }

  std::size_t run(int rounds) {
    std::size_t packets = 0;
    for (int round = 0; round < rounds; ++round) {
      now_ = now_ + std::chrono::milliseconds(1);
      for (std::size_t i = 0; i < at_once; ++i) client_.submit(byte_view(request_), {repeat::allowed});
      while (client_.poll_transmit(to_server_, now_)) {
        server_.receive(to_server_.payload(), to_client_, now_);
        // The packet's memory is the connection's and outlives the events: no owner to count.
        if (client_.receive(to_client_.payload(), connection_, now_)) std::abort();
        packets += 2;
      }
      std::size_t answered = 0;
      while (const auto each = client_.poll_event()) {
        if (const auto* good = std::get_if<answer>(&*each))
          answered += good->body.size() / answer_size;
      }
      if (answered != at_once) std::abort();
    }
    return packets;
  }

 private:
  static session_config config() {
    session_config chosen;
    chosen.future_salts = 0;
    return chosen;
  }
  static crypto::auth_key fresh_key() {
    std::array<std::uint8_t, 256> key{};
    crypto::system_random()(key);
    return crypto::auth_key(key);
  }

  crypto::auth_key key_ = fresh_key();
  instant now_{time_point(std::chrono::hours(1)), std::chrono::system_clock::now()};
  answering_server server_;
  client_session client_;
  std::shared_ptr<const int> connection_ = std::make_shared<const int>(0);
  tl::packet_buffer to_server_;
  tl::packet_buffer to_client_;
  std::array<std::uint8_t, request_size> request_{9, 9, 9, 9};
};

void print_figures() {
  exchange pair;
  pair.run(200);  // all buffers have their size
  constexpr int rounds = 2000;
  allocations = openssl_allocations = 0;
  // The time of the processor, not of the wall: what else the machine does is not ours.
  const std::clock_t begin = std::clock();
  const std::size_t packets = pair.run(rounds);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const auto per_packet = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(packets);
  };
  fmt::print(
      "{{\"figure\": \"session.messages_per_s\", \"value\": {:.0f}, \"unit\": \"1/s\", \"note\": "
      "\"{} byte request and {} byte result, client and server on one core, {} packets\"}}\n",
      rounds * static_cast<double>(at_once) / seconds, request_size, answer_size, packets);
  fmt::print(
      "{{\"figure\": \"session.allocations_per_packet\", \"value\": {:.4g}, \"unit\": \"count\", "
      "\"note\": \"client and server, steady state; {:.4g} of them inside OpenSSL\"}}\n",
      per_packet(allocations + openssl_allocations), per_packet(openssl_allocations));
}

}  // namespace
}  // namespace mtfetch::session

int main() {
  // Only before OpenSSL has allocated anything can its allocations be counted.
  if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) return 1;
  mtfetch::session::print_figures();
}
