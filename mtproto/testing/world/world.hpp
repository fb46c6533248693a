// SPDX-License-Identifier: BSL-1.0
// Accounts and content of a cluster, shared by its data centres. Knows nothing of packets.
#pragma once

#include <cstdint>
#include <functional>
#include <mtfetch/bytes.hpp>
#include <mtfetch/testing.hpp>
#include <string>
#include <vector>

#include "mtproto/testing/network/reference_clock.hpp"
#include "mtproto/testing/world/access_keys.hpp"
#include "mtproto/testing/world/accounts.hpp"
#include "mtproto/testing/world/catalogue.hpp"
#include "mtproto/testing/world/cdn_tokens.hpp"
#include "mtproto/testing/world/file_hashes.hpp"
#include "mtproto/testing/world/members.hpp"
#include "mtproto/testing/world/open_files.hpp"
#include "mtproto/testing/world/sign_in_codes.hpp"
#include "mtproto/testing/world/takeouts.hpp"

namespace mtfetch::testing {

/// Where a data centre of the cluster listens.
struct dc_address {
  int id = 0;
  std::string ip;
  std::uint16_t port = 0;
  bool cdn = false;
};

/// One thread at a time.
struct world {
  world(cluster_options given, const access_keys::secret_bytes& secret, hash_shelf shelf,
        random_source randomness);

  cluster_options options;
  random_source random;
  accounts people;
  members membership;
  catalogue content;
  access_keys keys;
  open_files files;
  file_hashes hashes;
  sign_in_codes codes;
  takeouts exports;
  cdn_tokens cdn;
  std::vector<dc_address> addresses;
  std::string cdn_public_key;  ///< PEM; empty without a CDN data centre
  /// How often all file references were made to expire, and the clock by which they do on their
  /// own.
  std::uint32_t reference_epoch = 1;
  reference_clock references;
  /// What file references given out to this account now are made with; those of other epochs have
  /// expired. Only ever grows: each lapse adds one, of either kind.
  std::uint64_t reference_epoch_of(std::int64_t account_id) const;
  /// Called for each new account, where accounts are stored.
  std::function<void(const account&)> signed_up;
  /// Called when a login was ended, for what other data centres know of it.
  std::function<void(std::int64_t login)> logged_out;
  /// Called when a takeout session was finished.
  std::function<void(bool success)> takeout_ended;
};

}  // namespace mtfetch::testing
