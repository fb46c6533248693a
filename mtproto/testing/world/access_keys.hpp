// SPDX-License-Identifier: BSL-1.0
// Access hashes and file references: what an account must have been given to name an object.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>

namespace mtfetch::testing {

enum class object_kind : std::uint8_t { user = 1, channel = 2, document = 3, photo = 4 };

enum class reference_state { good, empty, invalid, expired };

/// Makes and checks them from one secret, so that nothing has to be stored per account and object,
/// and all stay good after a restart with the same secret.
class access_keys {
 public:
  using secret_bytes = std::array<std::uint8_t, 32>;
  explicit access_keys(const secret_bytes& secret) : secret_(secret) {}

  /// The access hash of an object for one account; each account has its own.
  std::int64_t access_hash(std::int64_t account, object_kind kind, std::int64_t id) const;

  /// A reference that is good as long as `epoch` is the account's.
  /// https://core.telegram.org/api/file_reference
  bytes file_reference(std::int64_t document, std::uint64_t epoch) const;
  reference_state check(byte_view reference, std::int64_t document, std::uint64_t epoch) const;

 private:
  secret_bytes secret_;
};

}  // namespace mtfetch::testing
