// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/client.hpp>

#include "mtproto/client/channel_state.hpp"
#include "mtproto/client/client_state.hpp"
#include "mtproto/client/sign_in.hpp"

#include <utility>

namespace mtfetch {

client::client(asio::any_io_executor executor, config settings)
    : state_(
          std::make_shared<client_impl::client_state>(std::move(executor), std::move(settings))) {}

client::~client() {
  stop();
}

asio::awaitable<void> client::connect() {
  return state_->connect();
}

bool client::signed_in() const {
  return state_->signed_in();
}
bool client::is_bot() const {
  return state_->who().bot;
}
std::int64_t client::user_id() const {
  return state_->who().user_id;
}
int client::home_dc() const {
  return state_->home_dc();
}
const network& client::known_network() const {
  return state_->shared()->known;
}

asio::awaitable<void> client::sign_in_bot(std::string token) {
  return client_impl::sign_in_bot(state_, std::move(token));
}
asio::awaitable<sent_code> client::request_code(std::string phone) {
  return client_impl::request_code(state_, std::move(phone));
}
asio::awaitable<sent_code> client::resend_code(sent_code sent) {
  return client_impl::resend_code(state_, std::move(sent));
}
asio::awaitable<sign_in_step> client::submit_code(sent_code sent, std::string code) {
  return client_impl::submit_code(state_, std::move(sent), std::move(code));
}
asio::awaitable<sign_in_step> client::submit_password(std::string password) {
  return client_impl::submit_password(state_, std::move(password));
}
asio::awaitable<void> client::log_out() {
  return client_impl::log_out(state_);
}

asio::awaitable<shared_bytes> client::invoke_bytes(bytes serialized, std::string method_name,
                                                   invoke_options options) {
  return state_->invoke(std::move(serialized), std::move(method_name), options);
}

namespace {

asio::awaitable<std::shared_ptr<channel>> open(std::shared_ptr<client_impl::client_state> state,
                                               int dc, invoke_options options) {
  auto session = co_await state->open_files_session(dc, options);
  co_return std::make_shared<channel>(
      std::make_shared<client_impl::channel_state>(std::move(session), state));
}

}  // namespace

asio::awaitable<std::shared_ptr<channel>> client::open_channel(int dc, invoke_options options) {
  return open(state_, dc, options);
}

update_stream client::updates() {
  return update_stream(state_->updates());
}

peer_cache& client::peers() {
  return state_->peers();
}

void client::stop() {
  state_->stop();
}

}  // namespace mtfetch
