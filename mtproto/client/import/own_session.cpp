// SPDX-License-Identifier: BSL-1.0
// From a stranger's login to a session file of ours, and from that to strings for strangers.
#include "mtproto/client/import/formats.hpp"
#include "mtproto/client/session_store.hpp"
#include "mtproto/tl/base64.hpp"

#include <mtfetch/error.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

namespace mtfetch {
namespace {

bool has_address(const network& in, const std::string& ip) {
  return std::ranges::any_of(in.dcs, [&ip](const dc_option& dc) { return dc.ip == ip; });
}

bool is_here_only(const std::string& ip) {
  return ip.starts_with("127.") || ip.starts_with("10.") || ip.starts_with("192.168.") ||
         ip == "::1";
}

// A key is shown only to the network that made it.
void check_network(const foreign_session& session, const network& known) {
  const std::string from(to_string(session.format));
  const auto other = [&](const std::string& whose) {
    throw error(client_errc::bad_config, "this session (" + from + ") is of " + whose +
                                             " and cannot be used on the network \"" + known.name +
                                             "\". Choose its own with --network");
  };
  const network production = network::production();
  const network test = network::test_dcs();
  if (session.test.value_or(known.test) != known.test) {
    other(known.test ? "Telegram's production network" : "a test network");
  }
  if (session.ip.empty() || has_address(known, session.ip)) return;
  if (has_address(production, session.ip)) other("Telegram's production network");
  if (has_address(test, session.ip)) other("Telegram's test network");
  const bool telegrams = known.name == production.name || known.name == test.name;
  if (telegrams && is_here_only(session.ip)) other("a network of somebody's own");
}

storage::dc_key stored(const foreign_key& key, bool authorized) {
  storage::dc_key out{crypto::auth_key(key.key), 0};
  out.authorized = authorized;
  return out;
}

// Where the login's data centre is, for formats that write it down.
dc_option address_of(const foreign_session& session, const network& known) {
  dc_option out;
  out.id = session.home.dc;
  out.ip = session.ip;
  out.port = session.port;
  if (out.ip.empty() || out.port == 0) {
    const auto found = std::ranges::find_if(known.dcs, [&](const dc_option& dc) {
      return dc.id == out.id && !dc.media_only && !dc.cdn && !dc.ipv6;
    });
    if (found == known.dcs.end()) {
      throw error(client_errc::unknown_dc, "the network \"" + known.name +
                                               "\" has no address of data centre " +
                                               std::to_string(out.id));
    }
    out = *found;
  }
  out.ipv6 = out.ip.find(':') != std::string::npos;
  return out;
}

std::string url_safe(byte_view data) {
  std::string out = tl::to_base64(data);
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  return out;
}

}  // namespace

foreign_key::~foreign_key() {
  crypto::wipe(key);
}

std::string_view to_string(session_format format) {
  switch (format) {
    case session_format::telethon_string:
      return "Telethon string";
    case session_format::telethon_file:
      return "Telethon file";
    case session_format::pyrogram_string:
      return "Pyrogram string";
    case session_format::pyrogram_file:
      return "Pyrogram file";
    case session_format::gramjs_string:
      return "GramJS string";
    case session_format::mtcute_string:
      return "mtcute string";
    case session_format::mtkruto_string:
      return "MTKruto string";
    case session_format::tdata:
      return "Telegram Desktop";
    case session_format::own:
      break;
  }
  return "mtfetch";
}

std::string to_telethon_string(const foreign_session& session, const network& known) {
  const dc_option at = address_of(session, known);
  bytes raw;
  raw.reserve(512);
  raw.push_back(static_cast<std::uint8_t>(at.id));
  std::array<std::uint8_t, 16> ip{};
  if (at.id > 255 || ::inet_pton(at.ipv6 ? AF_INET6 : AF_INET, at.ip.c_str(), ip.data()) != 1) {
    throw error(client_errc::unknown_dc, "a Telethon string cannot say this data centre's address");
  }
  raw.insert(raw.end(), ip.begin(), ip.begin() + (at.ipv6 ? 16 : 4));
  raw.push_back(static_cast<std::uint8_t>(at.port >> 8));
  raw.push_back(static_cast<std::uint8_t>(at.port));
  raw.insert(raw.end(), session.home.key.begin(), session.home.key.end());
  const crypto::wipe_at_exit wiped(raw);
  return "1" + url_safe(raw);
}

std::string to_mtcute_string(const foreign_session& session, const network& known) {
  const dc_option at = address_of(session, known);
  const bool test = session.test.value_or(known.test);
  if (at.id > 255)
    throw error(client_errc::unknown_dc, "an mtcute string cannot say this data centre");
  bytes raw;
  raw.reserve(512);
  const auto little = [&raw](std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) raw.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  // TL bytes: a short size in one byte, a long one behind fe; then up to a multiple of four.
  const auto tl_bytes = [&](byte_view data) {
    const std::size_t from = raw.size();
    if (data.size() < 254) {
      little(data.size(), 1);
    } else {
      little(0xfe | std::uint64_t{data.size()} << 8, 4);
    }
    raw.insert(raw.end(), data.begin(), data.end());
    while ((raw.size() - from) % 4 != 0) raw.push_back(0);
  };
  little(2, 1);
  little(static_cast<std::uint64_t>(at.id), 1);
  little((at.ipv6 ? 1U : 0U) | (test ? 4U : 0U), 1);
  tl_bytes(as_bytes(at.ip));
  little(at.port, 4);
  const bytes address = std::exchange(raw, {});
  raw.reserve(512);
  little(3, 1);
  little(session.user_id != 0 ? 1U : 0U, 4);
  tl_bytes(address);
  if (session.user_id != 0) {
    little(static_cast<std::uint64_t>(session.user_id), 8);
    little(session.bot.value_or(false) ? 0x997275b5U : 0xbc799737U, 4);
  }
  tl_bytes(session.home.key);
  const crypto::wipe_at_exit wiped(raw);
  std::string out = url_safe(raw);
  out.resize(out.find_last_not_of('=') + 1);
  return out;
}

void import_session(const foreign_session& session, storage::session_store& store,
                    const network& known, bool replace) {
  check_network(session, known);
  const bool has_dc = std::ranges::any_of(
      known.dcs, [&](const dc_option& dc) { return dc.id == session.home.dc && !dc.cdn; });
  if (!has_dc) {
    throw error(client_errc::bad_config, "the session is of data centre " +
                                             std::to_string(session.home.dc) +
                                             ", which the network \"" + known.name + "\" has not");
  }
  const storage::login before = store.read_login();
  const auto home_key = before.home_dc != 0 ? store.read_key(before.home_dc) : std::nullopt;
  if ((before.user_id != 0 || (home_key && home_key->authorized)) && !replace) {
    throw error(client_errc::bad_config,
                "session file " + store.name() + " has a login already, which would be lost");
  }
  store.erase_login();
  store.at_once([&] {
    store.erase_keys();
    for (const foreign_key& key : session.elsewhere) store.write_key(key.dc, stored(key, false));
    store.write_key(session.home.dc, stored(session.home, true));
    store.write_login({session.home.dc, session.user_id, session.bot.value_or(false)});
    for (const cached_peer& peer : session.peers) store.write_peer(peer);
  });
}

void import_session(const foreign_session& session, const std::filesystem::path& file,
                    const network& known, bool replace) {
  check_network(session, known);  // before a file is made for nothing
  storage::session_store store(file, known.name);
  import_session(session, store, known, replace);
}

foreign_session export_session(const storage::session_store& store, const network& known) {
  const storage::login who = store.read_login();
  const auto key = who.home_dc == 0 ? std::nullopt : store.read_key(who.home_dc);
  if (!key || !key->authorized) {
    throw error(client_errc::not_signed_in,
                "session file " + store.name() + ": nobody is signed in");
  }
  foreign_session out;
  out.home.dc = who.home_dc;
  std::ranges::copy(key->key.view(), out.home.key.begin());
  out.test = known.test;
  out.user_id = who.user_id;
  if (who.user_id != 0) out.bot = who.bot;
  return out;
}

foreign_session export_session(const std::filesystem::path& file, const network& known) {
  if (!std::filesystem::exists(file)) {
    throw error(client_errc::not_signed_in, "session file " + file.string() + ": there is none");
  }
  const storage::session_store store(file, known.name);
  return export_session(store, known);
}

}  // namespace mtfetch
