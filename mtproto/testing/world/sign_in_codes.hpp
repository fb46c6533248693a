// SPDX-License-Identifier: BSL-1.0
// What is handed out on the way to an account: login codes, and authorizations for other DCs.
#pragma once

#include <cstdint>
#include <map>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mtfetch::testing {

/// Lives in memory only: after a restart a login begins again. One thread at a time.
class sign_in_codes {
 public:
  explicit sign_in_codes(random_source random) : random_(std::move(random)) {}

  struct sent {
    std::string phone;  ///< digits
    std::int64_t expires = 0;
    int wrong_tries = 0;
    bool verified = false;  ///< the right code was given for a phone without an account
  };
  /// A new phone_code_hash for a phone.
  std::string send(const std::string& phone, std::int64_t now);
  /// Null when the hash is unknown, expired, or belongs to another phone.
  sent* find(const std::string& hash, std::string_view phone, std::int64_t now);
  void forget(const std::string& hash) { sent_.erase(hash); }

  /// An authorization that one DC exports and another imports, once.
  bytes export_for(std::int64_t account, std::int64_t login, int dc, std::int64_t now);
  /// Gives the login.
  std::optional<std::int64_t> import_at(byte_view token, std::int64_t account, int dc,
                                        std::int64_t now);

 private:
  struct exported {
    std::int64_t account = 0;
    std::int64_t login = 0;
    int dc = 0;
    std::int64_t expires = 0;
  };
  random_source random_;
  std::map<std::string, sent> sent_;
  std::map<bytes, exported> exported_;
};

}  // namespace mtfetch::testing
