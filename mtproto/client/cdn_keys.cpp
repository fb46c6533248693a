// SPDX-License-Identifier: BSL-1.0
// The RSA keys of CDN data centres: asked for once and kept.
#include "mtproto/client/client_state.hpp"

#include <mtfetch/api/help.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace mtfetch::client_impl {

// https://core.telegram.org/cdn#getting-files-from-a-cdn
asio::awaitable<void> client_state::learn_cdn_keys(int dc, time_point deadline, bool anew) {
  const auto self = shared_from_this();
  const std::uint64_t answers_before = cdn_answers_;
  while (open_ && cdn_answers_ == answers_before && (anew || !shared_->cdn_keys.contains(dc))) {
    // Many channels may be opened at once: one of them asks.
    if (asking_for_cdn_keys_) {
      if (!co_await cdn_keys_came_.wait(deadline)) {
        throw error(client_errc::deadline, "the keys of CDNs did not come before the deadline");
      }
      continue;
    }
    asking_for_cdn_keys_ = true;
    const std::shared_ptr<void> asked(nullptr, [self](void*) {
      self->asking_for_cdn_keys_ = false;
      self->cdn_keys_came_.ring();
    });
    co_await ask_for_cdn_keys(deadline);
  }
  must_be_open();
  if (shared_->cdn_keys[dc].empty()) {
    throw error(security_errc::unknown_fingerprint,
                "Telegram gave no key for the CDN data centre " + std::to_string(dc));
  }
}

asio::awaitable<void> client_state::ask_for_cdn_keys(time_point deadline) {
  const invoke_options options = until(deadline);
  const api::help::getCdnConfig ask;
  const api::cdnConfig answer = co_await invoke(ask, options);
  std::map<int, std::vector<crypto::rsa_public_key>> learnt;
  for (const api::cdnPublicKey& each : answer.public_keys) {
    auto key = crypto::rsa_public_key::from_pem(each.public_key);
    if (key) learnt[each.dc_id].push_back(std::move(*key));
  }
  shared_->cdn_keys = std::move(learnt);
  ++cdn_answers_;
}

}  // namespace mtfetch::client_impl
