// SPDX-License-Identifier: BSL-1.0
// Who may sign in: people with phone, code and 2FA password, and bots with tokens.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/testing.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mtproto/crypto/srp.hpp"

namespace mtfetch::testing {

struct account {
  std::int64_t id = 0;
  bool is_bot = false;
  std::string phone;  ///< digits only
  std::string code;
  std::string password;
  std::string token;
  std::string first_name;
  std::string last_name;
  std::string username;
  int home_dc = 0;
  bool member = false;   ///< of the folder's channels
  bool deleted = false;  ///< the account is gone; its messages are not
};

/// The accounts of a cluster. Addresses of accounts stay valid as long as it lives.
class accounts {
 public:
  accounts(const cluster_options& options, random_source random);

  const account* find(std::int64_t id) const;
  const account* find_phone(std::string_view phone) const;
  const account* find_token(std::string_view token) const;
  const account* find_username(std::string_view username) const;
  /// As a world's description names people: username, phone or id.
  const account* find_named(std::string_view name) const;
  const std::deque<account>& all() const { return all_; }

  /// A new person; the phone is not taken.
  const account& sign_up(std::string_view phone, std::string_view first_name,
                         std::string_view last_name);

  /// The parameters and the verifier of an account's 2FA password, made when first asked for.
  struct password_facts {
    crypto::srp_params params;
    std::array<std::uint8_t, 256> verifier{};
  };
  const password_facts& password_of(const account& who);

 private:
  account& add(account made);

  std::deque<account> all_;
  std::map<std::int64_t, password_facts> passwords_;
  random_source random_;
  int home_dc_;
};

/// The digits of a phone number as people write it.
std::string phone_digits(std::string_view phone);

}  // namespace mtfetch::testing
