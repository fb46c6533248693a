// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/channel.hpp>

#include "mtproto/client/channel_state.hpp"

namespace mtfetch {

channel::channel(std::shared_ptr<client_impl::channel_state> state) : state_(std::move(state)) {}

channel::~channel() {
  close();
}

asio::awaitable<shared_bytes> channel::invoke_bytes(bytes serialized, std::string method_name,
                                                    invoke_options options) {
  return state_->invoke(std::move(serialized), std::move(method_name), options);
}

int channel::dc() const {
  return state_->dc();
}
bool channel::alive() const {
  return state_->alive();
}
time_point channel::last_heard() const {
  return state_->last_heard();
}
void channel::close() {
  state_->close();
}

}  // namespace mtfetch
