// SPDX-License-Identifier: BSL-1.0
// Session strings: which program's it is, and what it says.
#include "mtproto/client/import/big_endian.hpp"
#include "mtproto/client/import/formats.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/tl/base64.hpp"
#include "mtproto/tl/reader.hpp"

#include <mtfetch/error.hpp>

#include <arpa/inet.h>

#include <algorithm>

namespace mtfetch::foreign {
namespace {

constexpr std::size_t key_size = 256;
constexpr std::size_t longest = 4096;  // all of them have some 400 characters

std::string ip_text(byte_view raw) {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(raw.size() == 4 ? AF_INET : AF_INET6, raw.data(), text, sizeof text);
  return text;
}

bool is_ip(const std::string& text) {
  std::uint8_t raw[16];
  return ::inet_pton(AF_INET, text.c_str(), raw) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), raw) == 1;
}

// 1 + 2 + address + 2 + key. An address in text, never one of Telethon's: there is no network
// whose IPv6 addresses begin with a size and then spell digits.
bool is_gramjs(byte_view raw) {
  big_endian in(raw);
  in.u8();
  const byte_view address = in.take(in.u16());
  return !address.empty() && in.rest().size() == 2 + key_size &&
         std::ranges::all_of(address, [](std::uint8_t c) { return c > ' ' && c < 0x7f; });
}

foreign_session gramjs(byte_view raw) {
  const std::string what = "GramJS string";
  foreign_session out;
  out.format = session_format::gramjs_string;
  big_endian in(raw);
  const int dc = in.u8();
  const std::string address(as_text(in.take(in.u16())));
  if (is_ip(address)) out.ip = address;  // else the name of a web host: the data centre says it all
  const std::uint16_t port = in.u16();   // written as if it had a sign
  if (!out.ip.empty()) out.port = port;
  out.home = checked_key(dc, in.rest(), what);
  return out;
}

foreign_session telethon(byte_view raw) {
  const std::string what = "Telethon string";
  const std::size_t address = raw.size() - 3 - key_size;
  foreign_session out;
  out.format = session_format::telethon_string;
  big_endian in(raw);
  const int dc = in.u8();
  out.ip = ip_text(in.take(address));
  out.port = in.u16();
  out.home = checked_key(dc, in.rest(), what);
  return out;
}

// Three layouts, of three sizes.
foreign_session pyrogram(byte_view raw) {
  const std::string what = "Pyrogram string";
  const auto flag = [&what](std::uint8_t value) {
    if (value > 1) refuse(what, "damaged: a flag in it is neither on nor off");
    return value == 1;
  };
  foreign_session out;
  out.format = session_format::pyrogram_string;
  big_endian in(raw);
  const int dc = in.u8();
  if (raw.size() == 271) out.api_id = in.i32();
  out.test = flag(in.u8());
  const byte_view key = in.take(key_size);
  out.user_id = raw.size() == 263 ? static_cast<std::int64_t>(in.u32()) : in.i64();
  out.bot = flag(in.u8());
  if (out.user_id < 0 || out.api_id < 0) refuse(what, "damaged: an id in it is negative");
  out.home = checked_key(dc, key, what);
  return out;
}

// A run of zeros is 00 and how many.
std::optional<bytes> without_runs(byte_view packed) {
  bytes out;
  out.reserve(longest);  // so that no copy of the key is left behind
  for (std::size_t i = 0; i < packed.size(); ++i) {
    if (packed[i] != 0) {
      out.push_back(packed[i]);
      continue;
    }
    if (++i == packed.size() || packed[i] == 0 || out.size() > 2 * key_size) return std::nullopt;
    out.insert(out.end(), packed[i], 0);
  }
  return out;
}

foreign_session mtkruto(byte_view packed) {
  const std::string what = "MTKruto string";
  auto raw = without_runs(packed);
  if (!raw) refuse(what, "damaged: it does not unpack");
  const crypto::wipe_at_exit wiped(*raw);
  tl::reader in(*raw);
  std::string dc = in.string();
  const byte_view key = in.bytes_view();
  if (in.error() || in.remaining() != 0) refuse(what, "damaged: its parts do not fit its length");
  foreign_session out;
  out.format = session_format::mtkruto_string;
  out.test = dc.ends_with("-test");
  if (*out.test) dc.resize(dc.size() - 5);
  if (dc.size() != 1 || dc[0] < '1' || dc[0] > '9') refuse(what, "no known data centre");
  out.home = checked_key(dc[0] - '0', key, what);
  return out;
}

struct mtcute_dc {
  int id = 0;
  std::string ip;
  std::uint16_t port = 0;
  bool test = false;
};

mtcute_dc read_mtcute_dc(byte_view blob, const std::string& what) {
  if (blob.size() < 3 || blob[0] < 1 || blob[0] > 2) refuse(what, "an address of unknown form");
  mtcute_dc out;
  out.id = checked_dc(blob[1], what);
  out.test = blob[0] == 2 && (blob[2] & 4) != 0;
  tl::reader in(blob.subspan(3));
  out.ip = in.string();
  const std::int32_t port = in.i32();
  if (in.error() || in.remaining() != 0 || port < 1 || port > 0xffff || !is_ip(out.ip)) {
    refuse(what, "damaged: an address in it is none");
  }
  out.port = static_cast<std::uint16_t>(port);
  return out;
}

foreign_session mtcute(byte_view raw) {
  const std::string what = "mtcute string";
  tl::reader in(raw.subspan(1));
  const std::int32_t flags = in.i32();
  const byte_view main = in.bytes_view();
  if ((flags & 4) != 0) (void)in.bytes_view();  // the data centre for media: the network says it
  foreign_session out;
  out.format = session_format::mtcute_string;
  if ((flags & 1) != 0) {
    out.user_id = in.i64();
    out.bot = in.boolean();
  }
  const byte_view key = in.bytes_view();
  if (in.error() || in.remaining() != 0) refuse(what, "damaged: its parts do not fit its length");
  if (out.user_id < 0) refuse(what, "damaged: an id in it is negative");
  const mtcute_dc dc = read_mtcute_dc(main, what);
  out.test = dc.test || (flags & 2) != 0;
  out.ip = dc.ip;
  out.port = dc.port;
  out.home = checked_key(dc.id, key, what);
  return out;
}

}  // namespace

void refuse(const std::string& what, const std::string& why) {
  throw error(storage_errc::bad_session_file, what + ": " + why);
}

int checked_dc(std::int64_t dc, const std::string& what) {
  if (dc < 1 || dc > 999) refuse(what, "no known data centre");
  return static_cast<int>(dc);
}

foreign_key checked_key(std::int64_t dc, byte_view key, const std::string& what) {
  foreign_key out;
  out.dc = checked_dc(dc, what);
  if (key.empty()) refuse(what, "nobody is signed in: it has no key");
  if (key.size() != key_size) {
    refuse(what, "its key has " + std::to_string(key.size()) + " bytes instead of 256");
  }
  std::ranges::copy(key, out.key.begin());
  if (std::ranges::all_of(key, [](std::uint8_t b) { return b == 0; })) {
    refuse(what, "nobody is signed in: its key is empty");
  }
  return out;
}

}  // namespace mtfetch::foreign

namespace mtfetch {

foreign_session read_session_string(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::string what = "session string";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  text = text.substr(0, text.find_last_not_of(blanks) + 1);
  if (text.empty()) foreign::refuse(what, "it is empty");
  if (text.size() > foreign::longest) foreign::refuse(what, "too long for one");
  const bool versioned = text.front() == '1';  // Telethon's and GramJS's; no other begins so
  auto raw = tl::from_base64(versioned ? text.substr(1) : text);
  if (!raw || raw->size() < 4) {
    foreign::refuse(what,
                    "not one: a character is missing or does not belong there. Copy it again");
  }
  const crypto::wipe_at_exit wiped(*raw);
  const std::size_t size = raw->size();
  if (versioned) {
    if (foreign::is_gramjs(*raw)) return foreign::gramjs(*raw);
    if (size == 263 || size == 275) return foreign::telethon(*raw);
    foreign::refuse(what,
                    "begins like one of Telethon or GramJS and has another length. Copy it again");
  }
  const std::uint8_t first = raw->front();
  const std::uint8_t second = (*raw)[1];
  // A TL string of a digit, with or without "-test".
  if ((first == 1 || first == 6) && second >= '1' && second <= '9') return foreign::mtkruto(*raw);
  if (size == 263 || size == 267 || size == 271) return foreign::pyrogram(*raw);
  if (first == 3) return foreign::mtcute(*raw);
  foreign::refuse(what, "not one of Telethon, Pyrogram, GramJS, mtcute (version 3) or MTKruto");
}

}  // namespace mtfetch
