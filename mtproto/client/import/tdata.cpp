// SPDX-License-Identifier: BSL-1.0
// Telegram Desktop's folder: a key from the passcode, with it the local key, with that one file an
// account.
#include "mtproto/client/import/big_endian.hpp"
#include "mtproto/client/import/formats.hpp"
#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/kdf.hpp"
#include "mtproto/crypto/local_hashes.hpp"
#include "mtproto/crypto/sha.hpp"

#include <mtfetch/error.hpp>

#include <algorithm>

namespace mtfetch::foreign {
namespace {

constexpr std::size_t key_size = 256;
constexpr int most_accounts = 32;
constexpr int most_keys = 64;
constexpr std::int32_t authorization_block = 0x4b;

// TDF$, a version, the data, and MD5 of all of it in another order.
std::optional<bytes> contents(const bytes& file) {
  constexpr std::size_t head = 8;
  constexpr std::size_t tail = 16;
  const std::string_view magic = "TDF$";
  if (file.size() < head + tail || !as_text(file).starts_with(magic)) return std::nullopt;
  const byte_view all = file;
  const byte_view data = all.subspan(head, all.size() - head - tail);
  std::array<std::uint8_t, 4> size{};
  for (std::size_t i = 0; i < 4; ++i) size[i] = static_cast<std::uint8_t>(data.size() >> (8 * i));
  if (!std::ranges::equal(crypto::md5_of({data, size, all.subspan(4, 4), as_bytes(magic)}),
                          all.last(tail))) {
    return std::nullopt;
  }
  return bytes(data.begin(), data.end());
}

// The newest form ends in s; before, 0 and 1 took turns.
std::optional<bytes> read_one(const tdata_files& files, const std::string& name, bool& damaged) {
  for (const char* ending : {"s", "0", "1"}) {
    const auto file = files(name + ending);
    if (!file) continue;
    if (auto data = contents(*file)) return data;
    damaged = true;
  }
  return std::nullopt;
}

// A block under a local key; nothing where the key is another one. Wiped by the caller.
std::optional<bytes> decrypted(byte_view blob, byte_view key) {
  if (blob.size() < 32 || blob.size() % 16 != 0) return std::nullopt;
  crypto::message_key msg_key{};
  std::ranges::copy(blob.first(16), msg_key.begin());
  bytes plain(blob.begin() + 16, blob.end());
  const auto aes = crypto::derive_v1(key, msg_key, crypto::side::server);
  crypto::ige_decrypt(plain, aes.key, aes.iv);
  const auto hash = crypto::sha1(byte_view(plain));
  if (!crypto::equal_in_constant_time(byte_view(hash).first(16), msg_key)) return std::nullopt;
  const std::size_t size = std::size_t{plain[0]} | std::size_t{plain[1]} << 8 |
                           std::size_t{plain[2]} << 16 | std::size_t{plain[3]} << 24;
  if (size < 4 || size > plain.size()) return std::nullopt;
  const std::size_t all = plain.size();
  std::copy(plain.begin() + 4, plain.begin() + static_cast<std::ptrdiff_t>(size), plain.begin());
  crypto::wipe(byte_span(plain).last(all - (size - 4)));
  plain.resize(size - 4);
  return plain;
}

foreign_session read_authorization(byte_view block, const std::string& name) {
  big_endian in(block);
  foreign_session out;
  out.format = session_format::tdata;
  const std::uint64_t first = in.number(8);
  std::int64_t dc = 0;
  if (first == ~std::uint64_t{0}) {  // ids of 64 bits follow
    out.user_id = in.i64();
    dc = in.i32();
  } else {
    out.user_id = static_cast<std::int64_t>(first >> 32);
    dc = static_cast<std::int32_t>(first & 0xffffffffU);
  }
  const std::int32_t keys = in.i32();
  if (in.failed() || out.user_id < 0 || keys < 0 || keys > most_keys) refuse(name, "damaged");
  for (std::int32_t i = 0; i < keys; ++i) {
    const std::int32_t id = in.i32();
    const byte_view key = in.take(key_size);
    if (in.failed()) refuse(name, "damaged");
    if (id == dc) {
      out.home = checked_key(dc, key, name);
    } else if (id > 0 && id <= 999) {  // others are for connections of another kind
      out.elsewhere.push_back(checked_key(id, key, name));
    }
  }
  return out;
}

std::optional<foreign_session> read_account(const tdata_files& files, const std::string& account,
                                            byte_view local_key, const std::string& name) {
  bool damaged = false;
  const auto file = read_one(files, account, damaged);
  if (!file) {
    if (damaged) refuse(name, account + " is damaged");
    return std::nullopt;
  }
  auto plain = decrypted(big_endian(*file).byte_array(), local_key);
  if (!plain) refuse(name, account + " is damaged");
  const crypto::wipe_at_exit wiped(*plain);
  big_endian in(*plain);
  if (in.i32() != authorization_block) refuse(name, account + " has a form that is not known");
  const byte_view block = in.byte_array();
  if (in.failed()) refuse(name, account + " is damaged");
  foreign_session out = read_authorization(block, name);
  if (out.user_id == 0 || out.home.dc == 0) return std::nullopt;  // signed out
  return out;
}

// The local key, by either way of making a key of the passcode.
bytes read_local_key(byte_view sealed, byte_view salt, const std::string& passcode, bool legacy,
                     const std::string& name) {
  if (salt.empty() || salt.size() > 1024 || sealed.empty()) refuse(name, "its key file is damaged");
  const byte_view given = as_bytes(passcode);
  const auto key =
      legacy ? tdata_legacy_passcode_key(given, salt) : tdata_passcode_key(given, salt);
  auto local = decrypted(sealed, key);
  if (!local) {
    throw error(client_errc::bad_config,
                name + (passcode.empty() ? ": it has a passcode, which is needed to read it"
                                         : ": wrong passcode"));
  }
  if (local->size() < key_size) refuse(name, "its local key is damaged");
  return std::move(*local);
}

std::vector<int> read_accounts(byte_view plain, const std::string& name) {
  big_endian in(plain);
  const std::int32_t count = in.i32();
  if (in.failed() || count < 0 || count > most_accounts)
    refuse(name, "its list of accounts is damaged");
  std::vector<int> out;
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int32_t index = in.i32();
    if (in.failed() || index < 0 || index >= most_accounts) {
      refuse(name, "its list of accounts is damaged");
    }
    if (std::ranges::find(out, index) == out.end()) out.push_back(index);
  }
  return out;
}

}  // namespace

std::string tdata_account_name(int index) {
  const std::string data = index == 0 ? "data" : "data#" + std::to_string(index + 1);
  std::string out;
  for (const std::uint8_t byte : crypto::md5_of({as_bytes(data)})) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += digits[byte & 15];
    out += digits[byte >> 4];
  }
  return out.substr(0, 16);
}

crypto::secret<256> tdata_passcode_key(byte_view passcode, byte_view salt) {
  return crypto::pbkdf2(crypto::pbkdf2_hash::sha512, crypto::sha512_of({salt, passcode, salt}),
                        salt, passcode.empty() ? 1 : 100'000);
}

crypto::secret<256> tdata_legacy_passcode_key(byte_view passcode, byte_view salt) {
  return crypto::pbkdf2(crypto::pbkdf2_hash::sha1, passcode, salt, passcode.empty() ? 4 : 4000);
}

std::vector<foreign_session> read_tdata(const tdata_files& files, const std::string& passcode,
                                        const std::string& name) {
  bool damaged = false;
  auto file = read_one(files, "key_data", damaged);
  const bool legacy = !file;  // one account, whose own file has the key
  if (legacy && !damaged) file = read_one(files, tdata_account_name(0) + "/map", damaged);
  if (!file) refuse(name, damaged ? "its key file is damaged" : "not Telegram Desktop's tdata");
  big_endian in(*file);
  const byte_view salt = in.byte_array();
  const byte_view sealed_key = in.byte_array();
  const byte_view sealed_info = in.byte_array();
  if (in.failed()) refuse(name, "its key file is damaged");
  bytes local = read_local_key(sealed_key, salt, passcode, legacy, name);
  const crypto::wipe_at_exit wiped(local);
  const byte_view key = byte_view(local).first(key_size);
  std::vector<int> accounts = {0};
  if (!legacy) {
    const auto info = decrypted(sealed_info, key);
    if (!info) refuse(name, "its list of accounts is damaged");
    accounts = read_accounts(*info, name);
  }
  std::vector<foreign_session> out;
  for (const int index : accounts) {
    auto account = read_account(files, tdata_account_name(index), key, name);
    if (account) out.push_back(std::move(*account));
  }
  if (out.empty()) refuse(name, "nobody is signed in there");
  return out;
}

}  // namespace mtfetch::foreign
