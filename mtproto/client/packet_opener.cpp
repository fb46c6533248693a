// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/packet_opener.hpp"

#include "mtproto/client/dc_session.hpp"

#include <asio/post.hpp>

namespace mtfetch::client_impl {

void packet_opener::add(arrival come) {
  waiting_.push_back(std::move(come));
  if (waiting_.size() > 1) return;
  asio::post(executor_, [self = shared_from_this()] { self->flush(); });
}

void packet_opener::flush() {
  std::swap(waiting_, leaving_);
  // However this ends: what stays would keep add() from posting ever again.
  const struct emptied {
    std::vector<arrival>& what;
    ~emptied() { what.clear(); }
  } at_end{leaving_};
  std::erase_if(leaving_, [](const arrival& one) { return !one.to->expects(one); });
  jobs_.clear();
  for (const arrival& one : leaving_) {
    jobs_.push_back({one.packet, one.to->key(), crypto::side::server, {}});
  }
  crypto::open_batch(jobs_);
  for (std::size_t i = 0; i < leaving_.size(); ++i)
    leaving_[i].to->take(leaving_[i], jobs_[i].error);
}

}  // namespace mtfetch::client_impl
