// SPDX-License-Identifier: BSL-1.0
// What a cluster keeps over a restart: its secrets, keys, sessions, unacknowledged answers, hashes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "mtproto/testing/protocol/database.hpp"
#include "mtproto/testing/protocol/key_ring.hpp"

namespace mtfetch::testing {

/// One SQLite file in the state folder. Throws mtfetch::error. One thread at a time.
class state_store {
 public:
  /// Makes the folder where it is missing.
  explicit state_store(const std::filesystem::path& folder);

  /// A named secret; empty when it is not there.
  bytes value(std::string_view name);
  void set_value(std::string_view name, byte_view value);

  void save_key(int dc, const server_key& key);
  void erase_key(int dc, std::int64_t id);
  void save_session(int dc, std::int64_t key, const server_session::snapshot& session);
  void erase_session(int dc, std::int64_t key, std::int64_t session);
  /// Makes a streamed body from its recipe.
  using body_maker = std::function<std::optional<streamed_body>(byte_view recipe)>;
  std::vector<std::shared_ptr<server_key>> load_keys(int dc, const random_source& random,
                                                     const body_maker& make_body);

  bytes hashes(std::int64_t document, std::int64_t group);
  void set_hashes(std::int64_t document, std::int64_t group, byte_view digests);

  struct person {
    std::string phone, first_name, last_name;
  };
  void add_person(const person& signed_up);
  std::vector<person> people();

  /// Saves made between the two become durable together.
  void begin() { database_.run("BEGIN"); }
  void commit() { database_.run("COMMIT"); }

 private:
  void load_sessions(int dc, server_key& key, const random_source& random,
                     const body_maker& make_body);
  std::vector<kept_message> load_kept(int dc, std::int64_t key, std::int64_t session,
                                      const body_maker& make_body);

  database database_;
};

}  // namespace mtfetch::testing
