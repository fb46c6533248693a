// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network_driver.hpp"

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/write.hpp>
#include <deque>
#include <mtfetch/bytes.hpp>
#include <utility>
#include <vector>

#include "mtproto/net/clock.hpp"

namespace mtfetch::testing {

using asio::ip::tcp;

namespace {

constexpr std::size_t read_size = 64 << 10;
// What one side of a connection may hold: more than fits on its way at 100 MB/s and 100 ms, so that
// it is the model and not this that a connection waits for.
constexpr std::size_t most_held = 16 << 20;

}  // namespace

// One direction: what was read and is not written yet, oldest first.
struct network_driver::half {
  void hold(byte_view read) {
    held.emplace_back(read.begin(), read.end());
    held_bytes += read.size();
  }
  // What has not arrived will not; what is being written stays where it is.
  void lose_the_rest() {
    while (held_bytes > arrived) {
      bytes& last = held.back();
      const std::size_t lost = std::min(last.size(), held_bytes - arrived);
      held_bytes -= lost;
      if (lost == last.size()) {
        held.pop_back();
      } else {
        last.resize(last.size() - lost);
      }
    }
  }

  std::deque<bytes> held;
  std::size_t held_bytes = 0;
  std::size_t arrived = 0;  // of these, as the model says
  bool reading = false;
  bool writing = false;
  bool source_ended = false;
  bool finished = false;
};

struct network_driver::way {
  way(tcp::socket from, const asio::any_io_executor& executor)
      : client(std::move(from)), centre(executor) {}

  tcp::socket& source(bool upward) { return upward ? client : centre; }
  tcp::socket& target(bool upward) { return upward ? centre : client; }
  half& side(bool upward) { return upward ? up : down; }

  link_id link = 0;
  int dc = 0;
  tcp::endpoint inner;  // from where it reaches the data centre
  bool silent = false;
  tcp::socket client;
  tcp::socket centre;
  bool connected = false;  // to the data centre
  half up;
  half down;
  std::array<std::uint8_t, read_size> read_up{};
  std::array<std::uint8_t, read_size> read_down{};
};

network_driver::network_driver(const asio::any_io_executor& executor,
                               const network_conditions& conditions,
                               std::shared_ptr<traffic_counts> counts)
    : executor_(executor), model_(conditions), timer_(executor), counts_(std::move(counts)) {}

network_driver::~network_driver() {
  stop();
}

tcp::endpoint network_driver::bind(int dc, const tcp::endpoint& at) {
  return doors_.try_emplace(dc, executor_, at).first->second.address();
}

void network_driver::start(int dc, const tcp::endpoint& centre) {
  doors_.at(dc).start([weak = weak_from_this(), dc, centre](tcp::socket client) {
    if (const auto self = weak.lock()) self->accept(dc, std::move(client), centre);
  });
}

void network_driver::stop() {
  doors_.clear();
  while (!ways_.empty()) drop(ways_.begin()->second);
  timer_.cancel();
  armed_ = no_deadline;
}

void network_driver::accept(int dc, tcp::socket client, const tcp::endpoint& centre) {
  const auto made = std::make_shared<way>(std::move(client), executor_);
  made->link = model_.open(dc, net::now().mono);
  made->dc = dc;
  ways_.emplace(made->link, made);
  made->centre.async_connect(centre, [self = shared_from_this(), made](std::error_code failed) {
    if (!self->ways_.contains(made->link)) return;
    if (failed) return self->drop(made);
    std::error_code ignored;
    made->centre.set_option(tcp::no_delay(true), ignored);
    made->inner = made->centre.local_endpoint(ignored);
    made->connected = true;
    self->read(made, false);
    self->write(made, true);
  });
  read(made, true);
  run();
}

void network_driver::read(const way_ptr& over, bool upward) {
  half& side = over->side(upward);
  if (side.reading || side.source_ended || side.held_bytes >= most_held) return;
  side.reading = true;
  auto& room = upward ? over->read_up : over->read_down;
  over->source(upward).async_read_some(
      asio::buffer(room),
      [self = shared_from_this(), over, upward, &room](std::error_code failed, std::size_t count) {
        if (!self->ways_.contains(over->link)) return;
        half& read = over->side(upward);
        read.reading = false;
        if (failed && over->silent && !upward) return;  // the client does not learn of it
        if (failed && (over->silent || failed != asio::error::eof)) return self->drop(over);
        if (failed) {
          read.source_ended = true;
          return self->finish(over, upward);
        }
        if (!over->silent) read.hold(byte_view(room).first(count));
        const auto size = static_cast<std::int64_t>(count);
        const time_point now = net::now().mono;
        upward ? self->model_.send_up(over->link, size, 0, now)
               : self->model_.send_down(over->link, size, 0, now);
        self->read(over, upward);
        self->run();
      });
}

void network_driver::write(const way_ptr& over, bool upward) {
  half& side = over->side(upward);
  if (side.writing || side.arrived == 0 || (upward && !over->connected)) return;
  std::vector<asio::const_buffer> pieces;
  std::size_t size = 0;
  for (auto block = side.held.begin(); size < side.arrived; ++block) {
    pieces.push_back(asio::buffer(*block, side.arrived - size));
    size += pieces.back().size();
  }
  side.writing = true;
  asio::async_write(
      over->target(upward), pieces,
      [self = shared_from_this(), over, upward](std::error_code failed, std::size_t count) {
        if (!self->ways_.contains(over->link)) return;
        if (failed && over->silent && upward) return;  // nor does it here
        if (failed) return self->drop(over);
        half& written = over->side(upward);
        written.writing = false;
        written.arrived -= count;
        written.held_bytes -= count;
        while (count > 0 && written.held.front().size() <= count) {
          count -= written.held.front().size();
          written.held.pop_front();
        }
        if (count > 0) {
          bytes& cut = written.held.front();
          cut.erase(cut.begin(), cut.begin() + static_cast<std::ptrdiff_t>(count));
        }
        self->read(over, upward);
        self->write(over, upward);
        self->finish(over, upward);
      });
}

// The end of a stream is handed on behind its last byte.
void network_driver::finish(const way_ptr& over, bool upward) {
  half& side = over->side(upward);
  if (!side.source_ended || side.held_bytes > 0 || side.finished || over->silent) return;
  side.finished = true;
  std::error_code ignored;
  over->target(upward).shutdown(tcp::socket::shutdown_send, ignored);
  if (over->side(!upward).finished) drop(over);
}

bool network_driver::silence(int dc, const tcp::endpoint& from) {
  const auto found = std::ranges::find_if(ways_, [&](const auto& one) {
    return one.second->connected && one.second->dc == dc && one.second->inner == from;
  });
  if (found == ways_.end()) return false;
  const way_ptr over = found->second;
  model_.silence(over->link, net::now().mono);
  run();  // what had arrived by then
  over->silent = true;
  over->up.lose_the_rest();
  over->down.lose_the_rest();
  return true;
}

void network_driver::drop(const way_ptr& over) {
  model_.close(over->link, net::now().mono);
  std::error_code ignored;
  over->client.close(ignored);
  over->centre.close(ignored);
  ways_.erase(ways_.find(over->link));
}

void network_driver::run() {
  while (const auto event = model_.poll(net::now().mono)) happened(*event);
  counts_->network(model_.counted());
  const time_point due = model_.deadline();
  if (due == armed_) return;
  armed_ = due;
  timer_.expires_at(due);
  if (due == no_deadline) return;
  timer_.async_wait([weak = weak_from_this()](std::error_code cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self) return;
    self->armed_ = no_deadline;
    self->run();
  });
}

void network_driver::happened(const network_event& event) {
  const auto link = std::visit([](const auto& what) { return what.link; }, event.what);
  const auto found = ways_.find(link);
  if (found == ways_.end()) return;
  const way_ptr over = found->second;
  const auto arrive = [&](std::int64_t count, bool upward) {
    over->side(upward).arrived += static_cast<std::size_t>(count);
    write(over, upward);
  };
  if (const auto* up = std::get_if<arrived_up>(&event.what)) arrive(up->bytes, true);
  if (const auto* down = std::get_if<arrived_down>(&event.what)) arrive(down->bytes, false);
  if (std::holds_alternative<link_reset>(event.what)) reset(over);
}

void network_driver::reset(const way_ptr& over) {
  // RST rather than FIN: with nothing left to linger for.
  std::error_code ignored;
  over->client.set_option(asio::socket_base::linger(true, 0), ignored);
  drop(over);
}

}  // namespace mtfetch::testing
