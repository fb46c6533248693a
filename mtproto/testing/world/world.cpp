// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/world.hpp"

#include <utility>

#include "mtproto/testing/world/world_builder.hpp"

namespace mtfetch::testing {

world::world(cluster_options given, const access_keys::secret_bytes& secret, hash_shelf shelf,
             random_source randomness)
    : options(std::move(given)),
      random(std::move(randomness)),
      people(options, random),
      content(build_catalogue(options, people, membership)),
      keys(secret),
      hashes(files, std::move(shelf)),
      codes(random),
      exports(options.takeout_delay.count()),
      references(options.conditions) {}

std::uint64_t world::reference_epoch_of(std::int64_t account_id) const {
  // Without a clock no time passes.
  const time_point now = options.reference_time ? options.reference_time() : time_point();
  return reference_epoch + references.number(account_id, now);
}

}  // namespace mtfetch::testing
