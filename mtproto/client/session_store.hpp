// SPDX-License-Identifier: BSL-1.0
// The session file: keys per data centre, the login, and peers that were resolved. SQLite.
#pragma once

#include "mtproto/crypto/auth_key.hpp"

#include <mtfetch/peers.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace mtfetch::storage {

/// Whose login this is. `user_id` 0: nobody's yet.
struct login {
  int home_dc = 0;  ///< 0: never connected; the network's own home applies
  std::int64_t user_id = 0;
  bool bot = false;
  friend bool operator==(const login&, const login&) = default;
};

/// A permanent key of one data centre.
struct dc_key {
  crypto::auth_key key;
  std::int64_t salt = 0;
  bool authorized = false;  ///< the login was imported there (or lives there)
  std::int64_t made = 0;    ///< the server's unix time; 0: by a version that did not keep it
  std::int64_t bound = 0;   ///< when a temporary key was last bound to it; 0: never
};

/// Calls are short and block. One thread. Every call may throw mtfetch::error:
/// storage_errc::no_space or bad_session_file, with the file's path.
class session_store {
 public:
  /// Opens or makes the file; an empty path keeps everything in memory. A new file has mode 0600
  /// from its first byte, an older one is put back to it. `network` names the network that the keys
  /// belong to: a file of another one is refused, for its keys would be shown to strangers.
  /// Throws mtfetch::error: storage_errc::locked while another process has it open,
  /// bad_session_file for a file that is none, is damaged, or is of a later version.
  session_store(const std::filesystem::path& file, const std::string& network);
  ~session_store();
  session_store(const session_store&) = delete;
  session_store& operator=(const session_store&) = delete;

  /// The path as it was given, or "memory".
  const std::string& name() const { return name_; }

  login read_login() const;
  void write_login(const login& value);

  std::optional<dc_key> read_key(int dc) const;
  void write_key(int dc, const dc_key& value);
  void write_salt(int dc, std::int64_t salt);
  void write_authorized(int dc, bool authorized);
  void write_bound(int dc, std::int64_t when);
  void erase_key(int dc);
  /// Ends the login: the account and its peers are gone, no key is authorized any more.
  void erase_login();
  /// Takes the keys too. What is erased is overwritten in the file.
  void erase_keys();
  /// What `writes` writes is in the file together or, where it throws, not at all. Not nested, and
  /// without erase_login, which is at once by itself.
  void at_once(const std::function<void()>& writes);

  std::optional<cached_peer> find_peer(std::string_view username) const;
  std::optional<cached_peer> find_peer(cached_peer::kind type, std::int64_t id) const;
  void write_peer(const cached_peer& peer);
  void erase_peer(std::string_view username);

 private:
  struct database;
  void prepare_file(const std::filesystem::path& file) const;
  void check_and_migrate(const std::string& network);

  std::string name_;
  std::unique_ptr<database> database_;
};

}  // namespace mtfetch::storage
