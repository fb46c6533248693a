// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/accounts.hpp"

#include <algorithm>
#include <charconv>
#include <mtfetch/error.hpp>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/testing/world/catalogue.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::string_view sign_up_code = "12345";

// People have ids from 5,000,000,000 on, made from the phone: the same after every start.
std::int64_t person_id(std::string_view digits) {
  const auto digest = crypto::sha256(as_bytes(digits));
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | digest[i];
  return 5'000'000'000 + number % 1'000'000'000;
}

std::int64_t bot_id(std::string_view token) {
  std::int64_t id = 0;
  const std::size_t colon = token.find(':');
  const char* const end = token.data() + std::min(colon, token.size());
  const auto [stopped, failed] = std::from_chars(token.data(), end, id);
  if (colon == std::string_view::npos || failed != std::errc() || stopped != end || id <= 0) {
    throw error(client_errc::bad_config,
                "A bot token looks like 1234567:secret, not like " + std::string(token));
  }
  return id;
}

}  // namespace

std::string phone_digits(std::string_view phone) {
  std::string digits;
  std::ranges::copy_if(phone, std::back_inserter(digits),
                       [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

accounts::accounts(const cluster_options& options, random_source random)
    : random_(std::move(random)), home_dc_(options.home_dc) {
  for (const user& given : options.users) {
    account made;
    made.phone = phone_digits(given.phone);
    if (made.phone.empty()) {
      throw error(client_errc::bad_config,
                  "A user needs a phone number of digits, not " + given.phone);
    }
    made.id = person_id(made.phone);
    made.code = given.code;
    made.password = given.password;
    made.first_name = given.first_name;
    made.username = given.username;
    made.home_dc = given.home_dc;
    made.member = given.member;
    add(std::move(made));
  }
  for (const bot& given : options.bots) {
    account made;
    made.id = bot_id(given.token);
    made.is_bot = true;
    made.token = given.token;
    made.username =
        given.username.empty() ? "test_" + std::to_string(made.id) + "_bot" : given.username;
    made.first_name = made.username;
    made.home_dc = given.home_dc;
    made.member = given.member;
    add(std::move(made));
  }
  if (!options.world) return;
  for (const world_person& given : options.world->people) {
    account made;
    made.id = given.id != 0 ? given.id : person_id("@" + given.username);
    made.username = given.username;
    made.first_name = given.first_name;
    made.last_name = given.last_name;
    made.deleted = given.deleted;
    add(std::move(made));
  }
}

account& accounts::add(account made) {
  if (made.home_dc == 0) made.home_dc = home_dc_;
  if (find(made.id) != nullptr) {
    throw error(client_errc::bad_config, "Two accounts have the id " + std::to_string(made.id));
  }
  return all_.emplace_back(std::move(made));
}

const account* accounts::find(std::int64_t id) const {
  const auto found = std::ranges::find(all_, id, &account::id);
  return found == all_.end() ? nullptr : &*found;
}

const account* accounts::find_phone(std::string_view phone) const {
  const std::string digits = phone_digits(phone);
  if (digits.empty()) return nullptr;
  const auto found = std::ranges::find(all_, digits, &account::phone);
  return found == all_.end() ? nullptr : &*found;
}

const account* accounts::find_token(std::string_view token) const {
  if (token.empty()) return nullptr;
  const auto found = std::ranges::find(all_, token, &account::token);
  return found == all_.end() ? nullptr : &*found;
}

const account* accounts::find_username(std::string_view username) const {
  const auto found = std::ranges::find_if(all_, [&](const account& one) {
    return !one.username.empty() && same_username(one.username, username);
  });
  return found == all_.end() ? nullptr : &*found;
}

const account* accounts::find_named(std::string_view name) const {
  if (name.starts_with('@')) return find_username(name.substr(1));
  if (const account* found = find_username(name)) return found;
  std::int64_t id = 0;
  const char* const end = name.data() + name.size();
  const auto [stopped, failed] = std::from_chars(name.data(), end, id);
  if (failed == std::errc() && stopped == end) {
    if (const account* found = find(id)) return found;
  }
  return find_phone(name);
}

const account& accounts::sign_up(std::string_view phone, std::string_view first_name,
                                 std::string_view last_name) {
  account made;
  made.phone = phone_digits(phone);
  made.id = person_id(made.phone);
  made.code = sign_up_code;
  made.first_name = first_name;
  made.last_name = last_name;
  // Another phone may hash to the same id; the next free one is as good.
  while (find(made.id) != nullptr) ++made.id;
  return add(std::move(made));
}

const accounts::password_facts& accounts::password_of(const account& who) {
  const auto known = passwords_.find(who.id);
  if (known != passwords_.end()) return known->second;
  password_facts made;
  made.params.salt1.resize(40);
  made.params.salt2.resize(16);
  random_(made.params.salt1);
  random_(made.params.salt2);
  made.params.g = 3;
  const auto prime = crypto::known_prime();
  made.params.p.assign(prime.begin(), prime.end());
  const auto verifier = crypto::srp_verifier(who.password, made.params);
  made.verifier = verifier.value();
  return passwords_.emplace(who.id, std::move(made)).first->second;
}

}  // namespace mtfetch::testing
