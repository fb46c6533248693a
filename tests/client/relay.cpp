// SPDX-License-Identifier: BSL-1.0
#include "tests/client/relay.hpp"

#include "mtproto/net/listener.hpp"

#include <asio/buffer.hpp>
#include <asio/write.hpp>

#include <array>
#include <optional>
#include <utility>

namespace mtfetch::client_test {

using asio::ip::tcp;

struct relay::state {
  network front;
  std::vector<std::unique_ptr<net::listener>> doors;
  int reads = 0;
  int cut = -1;
  bool done = false;
  std::size_t accepted = 0;
  std::function<bool(byte_view)> may_pass;
  bytes refusal;
  bool swallows = false;
  std::vector<std::shared_ptr<tcp::socket>> swallowed;
};

namespace {

// Both directions of one connection.
struct link : std::enable_shared_from_this<link> {
  link(tcp::socket from, std::function<bool()> may_pass, std::function<bool(byte_view)> look,
       bytes refuse_with)
      : near(std::move(from)),
        far(near.get_executor()),
        pass(std::move(may_pass)),
        first(std::move(look)),
        refusal(std::move(refuse_with)) {}

  void open(const tcp::endpoint& to) {
    const auto self = shared_from_this();
    far.async_connect(to, [self](std::error_code ec) {
      if (ec) return self->close();
      self->pump(self->near, self->far, self->up);
      self->pump(self->far, self->near, self->down);
    });
  }
  void pump(tcp::socket& from, tcp::socket& to, std::array<char, 16384>& buffer) {
    const auto self = shared_from_this();
    from.async_read_some(
        asio::buffer(buffer), [self, &from, &to, &buffer](std::error_code ec, std::size_t count) {
          if (ec || !self->pass()) return self->close();
          if (self->first && &from == &self->near) {
            const auto* const data = reinterpret_cast<const std::uint8_t*>(buffer.data());
            if (!self->first(byte_view(data, count))) return self->refuse();
            self->first = nullptr;
          }
          asio::async_write(to, asio::buffer(buffer, count),
                            [self, &from, &to, &buffer](std::error_code failed, std::size_t) {
                              if (failed) return self->close();
                              self->pump(from, to, buffer);
                            });
        });
  }
  void refuse() {
    if (keep) {
      keep(std::move(near));
      return close();
    }
    asio::async_write(near, asio::buffer(refusal),
                      [self = shared_from_this()](std::error_code, std::size_t) { self->close(); });
  }
  void close() {
    std::error_code ignored;
    near.close(ignored);
    far.close(ignored);
  }

  tcp::socket near;
  tcp::socket far;
  std::function<bool()> pass;
  std::function<bool(byte_view)> first;   // asked once
  std::function<void(tcp::socket)> keep;  // takes those that do not pass; else they are closed
  bytes refusal;
  std::array<char, 16384> up{};
  std::array<char, 16384> down{};
};

}  // namespace

relay::relay(asio::any_io_executor executor, const network& behind)
    : state_(std::make_shared<state>()) {
  state_->front = behind;
  for (dc_option& option : state_->front.dcs) {
    const tcp::endpoint to(asio::ip::make_address(option.ip), option.port);
    auto door = std::make_unique<net::listener>(executor,
                                                tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    option.ip = "127.0.0.1";
    for (web_host& host : state_->front.web) {
      if (host.dc == option.id) host.port = door->address().port();
    }
    option.port = door->address().port();
    door->start([kept = state_, to](tcp::socket socket) {
      ++kept->accepted;
      const auto pass = [kept] {
        const bool now = kept->reads++ == kept->cut;
        kept->done = kept->done || now;
        return !now;
      };
      const auto made =
          std::make_shared<link>(std::move(socket), pass, kept->may_pass, kept->refusal);
      if (kept->swallows) {
        made->keep = [kept](tcp::socket silent) {
          kept->swallowed.push_back(std::make_shared<tcp::socket>(std::move(silent)));
        };
      }
      made->open(to);
    });
    state_->doors.push_back(std::move(door));
  }
}

relay::~relay() {
  state_->doors.clear();
  state_->swallowed.clear();
}

network relay::front() const {
  return state_->front;
}

void relay::let_through(std::function<bool(byte_view first)> may_pass) {
  state_->may_pass = std::move(may_pass);
}

void relay::refuse_with(bytes said) {
  state_->refusal = std::move(said);
}

void relay::swallow_others() {
  state_->swallows = true;
}

void relay::cut_at(int read) {
  state_->reads = 0;
  state_->cut = read;
  state_->done = false;
}

bool relay::has_cut() const {
  return state_->done;
}
std::size_t relay::accepted() const {
  return state_->accepted;
}

}  // namespace mtfetch::client_test
