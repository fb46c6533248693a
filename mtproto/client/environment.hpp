// SPDX-License-Identifier: BSL-1.0
// What all the sessions of one client share.
#pragma once

#include "mtproto/client/packet_opener.hpp"
#include "mtproto/client/session_store.hpp"
#include "mtproto/crypto/rsa.hpp"
#include "mtproto/net/way_memory.hpp"
#include "mtproto/session/key_rotation.hpp"
#include "mtproto/transport/buffer_pool.hpp"
#include "mtproto/transport/tls.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/config.hpp>

#include <asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace mtfetch::client_impl {

struct environment {
  asio::any_io_executor executor;
  config settings;
  network known;  ///< the settings' network, brought up to date by help.getConfig
  std::vector<crypto::rsa_public_key> keys;
  random_source random;
  session::rotation_config rotation;
  /// As many as a fast download has idle between two packets; fresh memory costs its zeroing.
  transport::buffer_pool buffers{16};
  std::shared_ptr<packet_opener> opener;
  net::way_memory ways;                               ///< what was blocked lately
  std::optional<transport::tls_context> authorities;  ///< made when TLS is first needed
  bytes header;      ///< what opens a session's first call: invokeWithLayer and initConnection
  bytes cdn_header;  ///< the same for CDN data centres, who are told nothing of the device
  std::map<int, std::vector<crypto::rsa_public_key>> cdn_keys;  ///< by DC, from help.getCdnConfig
  std::shared_ptr<storage::session_store> store;  ///< null before connect() and after stop()
};

}  // namespace mtfetch::client_impl
