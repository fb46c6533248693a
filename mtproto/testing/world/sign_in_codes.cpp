// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/sign_in_codes.hpp"

#include <array>

#include "mtproto/tl/hex.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::int64_t code_lives = 300;  // seconds
constexpr std::int64_t export_lives = 60;
constexpr std::size_t most_waiting = 4096;
constexpr int most_tries = 5;

// Drops what has expired, and as much more as a hostile client made too many of.
template <class Map>
void tidy(Map& map, std::int64_t now) {
  std::erase_if(map, [&](const auto& entry) { return entry.second.expires <= now; });
  while (map.size() >= most_waiting) map.erase(map.begin());
}

}  // namespace

std::string sign_in_codes::send(const std::string& phone, std::int64_t now) {
  tidy(sent_, now);
  std::array<std::uint8_t, 9> raw{};
  random_(raw);
  const std::string hash = tl::to_hex(raw);
  sent made;
  made.phone = phone;
  made.expires = now + code_lives;
  sent_[hash] = made;
  return hash;
}

sign_in_codes::sent* sign_in_codes::find(const std::string& hash, std::string_view phone,
                                         std::int64_t now) {
  const auto found = sent_.find(hash);
  if (found == sent_.end() || found->second.phone != phone || found->second.expires <= now ||
      found->second.wrong_tries >= most_tries) {
    return nullptr;
  }
  return &found->second;
}

bytes sign_in_codes::export_for(std::int64_t account, std::int64_t login, int dc,
                                std::int64_t now) {
  tidy(exported_, now);
  bytes token(64);
  random_(token);
  exported made;
  made.account = account;
  made.login = login;
  made.dc = dc;
  made.expires = now + export_lives;
  exported_[token] = made;
  return token;
}

std::optional<std::int64_t> sign_in_codes::import_at(byte_view token, std::int64_t account, int dc,
                                                     std::int64_t now) {
  const auto found = exported_.find(bytes(token.begin(), token.end()));
  if (found == exported_.end()) return std::nullopt;
  const exported given = found->second;
  exported_.erase(found);
  if (given.account != account || given.dc != dc || given.expires <= now) return std::nullopt;
  return given.login;
}

}  // namespace mtfetch::testing
