// SPDX-License-Identifier: BSL-1.0
// A session with one data centre whose temporary key is replaced in time, so that nobody notices.
#pragma once

#include "mtproto/client/dc_session.hpp"
#include "mtproto/session/key_rotation.hpp"

#include <algorithm>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace mtfetch::client_impl {

/// What callers see of a data centre: the dc_session in use and, while its key is being replaced,
/// the next one or the one before. `key_rotation` decides; this does what it says. The next session
/// is reached, and its key bound, before it takes over; the one before ends when its last call has
/// ended. With a permanent key there is nothing to renew. Held by shared_ptr. One executor.
class renewed_session : public std::enable_shared_from_this<renewed_session> {
 public:
  using key_refused = std::function<std::optional<outcome>()>;
  using on_update = std::function<void(shared_bytes)>;

  renewed_session(std::shared_ptr<environment> shared, dc_session::duties what,
                  key_refused on_refused, on_update updates = {});

  /// As those of dc_session.
  void start();
  void stop(const outcome& with);
  asio::awaitable<outcome> call(byte_view request, call_terms terms);
  asio::awaitable<outcome> reach(call_terms terms);
  void distrust_key() { current_->distrust_key(); }
  void drop_key() { current_->drop_key(); }
  void stay_connected(bool on);
  void destroy_session(std::int64_t session_id) { current_->destroy_session(session_id); }

  int dc() const { return what_.dc; }
  dc_session::key_use key_kind() const { return what_.key; }
  std::int64_t key_id() const { return current_->key_id(); }
  std::int64_t session_id() const { return current_->session_id(); }
  bool connected() const { return current_->connected(); }
  time_point last_heard() const {
    return std::max(current_->last_heard(), old_ ? old_->last_heard() : time_point::min());
  }
  bool stopped() const { return stopped_; }

 private:
  std::shared_ptr<dc_session> make_session();
  asio::awaitable<void> keep_fresh();
  asio::awaitable<void> renew();
  void drop_old();
  void key_changed(const dc_session& of, time_point ends);

  std::shared_ptr<environment> shared_;
  dc_session::duties what_;
  key_refused on_refused_;
  on_update updates_;
  session::key_rotation rotation_;
  std::shared_ptr<dc_session> current_;
  std::shared_ptr<dc_session> next_;  // while it is made
  std::shared_ptr<dc_session> old_;   // until its calls have ended
  asio::steady_timer bell_;
  condition moved_;  // to the next key, or not: or the calls under this one have ended
  bool stays_ = false;
  bool stopped_ = false;
};

}  // namespace mtfetch::client_impl
