// SPDX-License-Identifier: BSL-1.0
#include "tests/proxy/proxy_server.hpp"

#include "mtproto/crypto/random.hpp"
#include "mtproto/net/listener.hpp"
#include "mtproto/tl/base64.hpp"
#include "mtproto/transport/obfuscation.hpp"
#include "mtproto/transport/proxy_secret.hpp"
#include "tests/proxy/fake_tls_server.hpp"

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <set>
#include <utility>

namespace mtfetch::proxy_test {

using asio::ip::tcp;

struct proxy_server::state {
  proxy_options how;
  std::unique_ptr<net::listener> door;
  mutable std::mutex mutex;
  proxy_counts counts;
  std::set<bytes> digests;  // of fake-TLS hellos: each may come once

  template <class Change>
  void count(const Change& change) {
    const std::lock_guard lock(mutex);
    change(counts);
  }
};

namespace {

using asio::use_awaitable;
using transport::proxy_secret;

void append(bytes& to, byte_view part) {
  to.insert(to.end(), part.begin(), part.end());
}

}  // namespace

// One client of the proxy. What goes wrong ends it with an exception, and with it the connection.
struct proxy_client : std::enable_shared_from_this<proxy_client> {
  proxy_client(tcp::socket socket, std::shared_ptr<proxy_server::state> of)
      : near(std::move(socket)), far(near.get_executor()), shared(std::move(of)) {}

  asio::awaitable<void> serve() {
    const auto self = shared_from_this();
    switch (shared->how.what) {
      case proxy::kind::socks5:
        co_await serve_socks5();
        break;
      case proxy::kind::http:
        co_await serve_http();
        break;
      case proxy::kind::mtproxy:
        co_await serve_mtproxy();
        break;
    }
  }

  // ---- the pieces

  [[noreturn]] static void stop() { throw std::system_error(asio::error::connection_aborted); }

  asio::awaitable<bytes> read(std::size_t size) {
    bytes out(size);
    co_await asio::async_read(near, asio::buffer(out), use_awaitable);
    co_return out;
  }

  // Until the client gives up, which ends it.
  asio::awaitable<void> be_silent() {
    std::uint8_t ignored = 0;
    for (;;) co_await near.async_read_some(asio::buffer(&ignored, 1), use_awaitable);
  }

  asio::awaitable<void> answer(bytes data) {
    const oddity& odd = shared->how.odd;
    if (step++ == odd.step) {
      if (odd.what == oddity::kind::closes) stop();
      if (odd.what == oddity::kind::is_silent) co_await be_silent();
      if (odd.what == oddity::kind::sends_garbage) data = bytes(200, 0x61);
    }
    co_await asio::async_write(near, asio::buffer(data), use_awaitable);
  }

  asio::awaitable<bool> reach(std::string asked) {
    shared->count([&](proxy_counts& c) { c.asked.push_back(asked); });
    const auto to = shared->how.route(asked);
    if (!to) {
      if (shared->how.refuses == proxy_options::manner::hangs_up) stop();
      if (shared->how.refuses == proxy_options::manner::is_silent) co_await be_silent();
      co_return false;
    }
    shared->count([](proxy_counts& c) { ++c.dials; });
    co_await far.async_connect(*to, use_awaitable);
    shared->count([](proxy_counts& c) { ++c.relayed; });
    co_return true;
  }

  asio::awaitable<void> relay() {
    using namespace asio::experimental::awaitable_operators;
    co_await (carry_up() || carry_down());
  }
  asio::awaitable<void> carry_up() {
    bytes room(16384);
    for (;;) {
      const std::size_t n = co_await near.async_read_some(asio::buffer(room), use_awaitable);
      bytes plain;
      if (!unwrap(byte_view(room).first(n), plain)) stop();
      if (!std::exchange(looked, true) && shared->how.may_pass && !shared->how.may_pass(plain)) {
        std::error_code ignored;  // the other direction ends too
        near.close(ignored);
        far.close(ignored);
        stop();
      }
      if (ciphers) ciphers->receive.apply(plain);
      co_await asio::async_write(far, asio::buffer(plain), use_awaitable);
    }
  }
  asio::awaitable<void> carry_down() {
    bytes room(65536);
    for (;;) {
      const std::size_t n = co_await far.async_read_some(asio::buffer(room), use_awaitable);
      const byte_span data = byte_span(room).first(n);
      if (ciphers) ciphers->send.apply(data);
      bytes wire;
      if (tls) {
        tls->send(data, wire);
      } else {
        append(wire, data);
      }
      co_await asio::async_write(near, asio::buffer(wire), use_awaitable);
    }
  }
  bool unwrap(byte_view from_wire, bytes& plain) {
    if (!tls) {
      append(plain, from_wire);
      return true;
    }
    bytes answers;
    return !tls->receive(from_wire, plain, answers) && answers.empty();
  }

  // ---- the kinds

  asio::awaitable<void> serve_socks5() {
    const proxy_options& how = shared->how;
    const bytes hello = co_await read(2);
    const bytes methods = co_await read(hello[1]);
    const std::uint8_t wanted = how.user.empty() ? 0 : 2;
    if (std::ranges::find(methods, wanted) == methods.end()) {
      bytes none = {5, 0xff};
      co_await answer(std::move(none));
      stop();
    }
    bytes method = {5, wanted};
    co_await answer(std::move(method));
    if (wanted == 2) {
      const bytes head = co_await read(2);
      const bytes user = co_await read(head[1]);
      const bytes size = co_await read(1);
      const bytes password = co_await read(size[0]);
      const bool right = as_text(user) == how.user && as_text(password) == how.password;
      bytes verdict = {1, static_cast<std::uint8_t>(right ? 0 : 1)};
      co_await answer(std::move(verdict));
      if (!right) stop();
    }
    const bytes request = co_await read(4);
    std::string host;
    if (request[3] == 3) {
      const bytes size = co_await read(1);
      const bytes name = co_await read(size[0]);
      host = as_text(name);
    } else if (request[3] == 1) {
      const bytes ip = co_await read(4);
      asio::ip::address_v4::bytes_type raw{};
      std::ranges::copy(ip, raw.begin());
      host = asio::ip::address_v4(raw).to_string();
    } else {
      const bytes ip = co_await read(16);
      asio::ip::address_v6::bytes_type raw{};
      std::ranges::copy(ip, raw.begin());
      host = "[" + asio::ip::address_v6(raw).to_string() + "]";
    }
    const bytes port = co_await read(2);
    const std::string asked = host + ":" + std::to_string(port[0] << 8 | port[1]);
    std::uint8_t reply = how.reply;
    if (reply == 0 && !(co_await reach(asked))) reply = 4;
    bytes said = {5, reply, 0, 1, 0, 0, 0, 0, 0, 0};
    co_await answer(std::move(said));
    if (reply != 0) stop();
    co_await relay();
  }

  asio::awaitable<void> serve_http() {
    const proxy_options& how = shared->how;
    std::string head;
    co_await asio::async_read_until(near, asio::dynamic_buffer(head, 8192), "\r\n\r\n",
                                    use_awaitable);
    const std::string asked = head.substr(8, head.find(' ', 8) - 8);
    const bool is_connect = head.starts_with("CONNECT ");
    int status = is_connect ? how.status : 405;
    if (!how.user.empty()) {
      const std::string due = "Proxy-Authorization: Basic " +
                              tl::to_base64(as_bytes(how.user + ":" + how.password)) + "\r\n";
      if (head.find(due) == std::string::npos) status = 407;
    }
    if (status == 200 && !(co_await reach(asked))) status = 502;
    const std::string said =
        "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nVia: a test\r\n\r\n";
    bytes data(said.begin(), said.end());
    co_await answer(std::move(data));
    if (status != 200) stop();
    co_await relay();
  }

  asio::awaitable<void> serve_mtproxy() {
    const proxy_secret secret = proxy_secret::from_bytes(shared->how.secret).value();
    bytes plain;
    if (secret.how == proxy_secret::look::fake_tls) {
      begin_tls(secret);
      bytes room(4096);
      while (!tls->is_open()) {
        const std::size_t n = co_await near.async_read_some(asio::buffer(room), use_awaitable);
        bytes reply;
        if (tls->receive(byte_view(room).first(n), plain, reply)) co_await be_a_web_site();
        if (!reply.empty()) co_await answer(std::move(reply));
        if (tls->is_open()) {
          shared->count([this](proxy_counts& c) { c.hellos.push_back(tls->hello_size()); });
        }
      }
    }
    while (plain.size() < transport::greeting_size) {
      bytes room(4096);
      const std::size_t n = co_await near.async_read_some(asio::buffer(room), use_awaitable);
      if (!unwrap(byte_view(room).first(n), plain)) refuse();
    }
    const byte_span all = plain;
    auto accepted =
        transport::accept_obfuscation(all.first<transport::greeting_size>(), secret.key);
    const bool padded = secret.how != proxy_secret::look::plain;
    if (!accepted || (padded && accepted->kind != transport::framing::padded_intermediate)) {
      refuse();
    }
    ciphers.emplace(std::move(accepted->ciphers));
    const std::string asked = std::to_string(accepted->dc);
    if (!(co_await reach(asked))) refuse();
    // To the data centre it speaks plainly: the tag, then what the client sends.
    const byte_span rest = all.subspan(transport::greeting_size);
    ciphers->receive.apply(rest);
    const bool abridged = accepted->kind == transport::framing::abridged;
    bytes first(abridged ? 1 : 4, transport::tag_byte(accepted->kind));
    append(first, rest);
    co_await asio::async_write(far, asio::buffer(first), use_awaitable);
    co_await relay();
  }

  void begin_tls(const proxy_secret& secret) {
    fake_tls_server::options made;
    made.key = secret.key;
    made.domain = secret.domain;
    const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds(1);
    made.unixtime = static_cast<std::uint32_t>(now + shared->how.clock_error);
    made.random = crypto::system_random();
    made.record_size = shared->how.record_size;
    made.classic_only = shared->how.classic_only;
    made.is_new = [kept = shared](byte_view digest) {
      return kept->digests.emplace(digest.begin(), digest.end()).second;
    };
    if (!shared->how.other_key.empty()) {
      std::ranges::copy(shared->how.other_key, made.answer_key.emplace().begin());
    }
    tls.emplace(std::move(made));
  }

  // What real ones do with a stranger: he talks to the domain in the secret until he leaves.
  asio::awaitable<void> be_a_web_site() {
    shared->count([](proxy_counts& c) { ++c.refused; });
    bytes said = {0x16, 3, 3, 0, 122};
    const auto append_drawn = [&said](std::size_t size) {
      said.resize(said.size() + size);
      crypto::system_random()(byte_span(said).last(size));
    };
    append_drawn(122);
    append(said, bytes{0x14, 3, 3, 0, 1, 1, 0x17, 3, 3, 1, 0});
    append_drawn(256);
    co_await answer(std::move(said));
    bytes room(4096);
    for (;;) co_await near.async_read_some(asio::buffer(room), use_awaitable);
  }

  [[noreturn]] void refuse() {
    shared->count([](proxy_counts& c) { ++c.refused; });
    stop();
  }

  tcp::socket near;
  tcp::socket far;
  std::shared_ptr<proxy_server::state> shared;
  int step = 0;         // answers given
  bool looked = false;  // into the first bytes
  std::optional<fake_tls_server> tls;
  std::optional<transport::obfuscation> ciphers;
};

proxy_server::proxy_server(const asio::any_io_executor& executor, proxy_options how)
    : state_(std::make_shared<state>()) {
  state_->how = std::move(how);
  state_->door =
      std::make_unique<net::listener>(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::weak_ptr<state> weak = state_;
  state_->door->start([weak](tcp::socket socket) {
    const auto kept = weak.lock();
    if (!kept) return;
    kept->count([](proxy_counts& c) { ++c.accepted; });
    const auto client = std::make_shared<proxy_client>(std::move(socket), kept);
    asio::co_spawn(client->near.get_executor(), client->serve(),
                   [client](const std::exception_ptr&) {
                     std::error_code ignored;
                     client->near.close(ignored);
                     client->far.close(ignored);
                   });
  });
}

proxy_server::~proxy_server() {
  state_->door.reset();
}

proxy proxy_server::address() const {
  proxy out;
  out.what = state_->how.what;
  out.host = "127.0.0.1";
  out.port = state_->door->address().port();
  out.user = state_->how.user;
  out.password = state_->how.password;
  out.secret = state_->how.secret;
  return out;
}

proxy_counts proxy_server::counts() const {
  const std::lock_guard lock(state_->mutex);
  return state_->counts;
}

}  // namespace mtfetch::proxy_test
