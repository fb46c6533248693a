// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/listener.hpp"

#include <mtfetch/error.hpp>

#include <asio/error.hpp>
#include <asio/steady_timer.hpp>

#include <sstream>
#include <utility>

namespace mtfetch::net {

using asio::ip::tcp;

struct listener::state : std::enable_shared_from_this<listener::state> {
  explicit state(const asio::any_io_executor& executor) : acceptor(executor), pause(executor) {}

  void accept_next() {
    acceptor.async_accept([self = shared_from_this()](std::error_code ec, tcp::socket socket) {
      if (!self->acceptor.is_open()) return;
      if (ec) {
        self->wait_and_go_on();
        return;
      }
      std::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      self->on_socket(std::move(socket));
      if (self->acceptor.is_open()) self->accept_next();
    });
  }
  // A failed accept says that the process is out of descriptors, or that the peer is gone already.
  // Without the pause the first would spin.
  void wait_and_go_on() {
    pause.expires_after(std::chrono::milliseconds(20));
    pause.async_wait([self = shared_from_this()](std::error_code) {
      if (self->acceptor.is_open()) self->accept_next();
    });
  }

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  accepted on_socket;
};

listener::listener(const asio::any_io_executor& executor, const tcp::endpoint& at)
    : state_(std::make_shared<state>(executor)) {
  tcp::acceptor& acceptor = state_->acceptor;
  std::error_code ec;
  acceptor.open(at.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(at, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    std::ostringstream name;
    name << at;
    throw error(ec, "cannot listen on " + name.str() + ": " + ec.message());
  }
}

listener::~listener() {
  stop();
}

tcp::endpoint listener::address() const {
  std::error_code ec;
  return state_->acceptor.local_endpoint(ec);
}

void listener::start(accepted on_socket) {
  state_->on_socket = std::move(on_socket);
  state_->accept_next();
}

void listener::stop() {
  std::error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
}

std::shared_ptr<connection> serve(tcp::socket socket, transport::server_options options,
                                  machine driven, doors open) {
  return std::make_shared<connection>(std::move(socket), transport::stream::server(std::move(options)),
                                      std::move(driven), transport::layers(), std::move(open));
}

}  // namespace mtfetch::net
