// SPDX-License-Identifier: BSL-1.0
// What a client is told before it starts: who the application is, where its login is kept, which
// data centres it talks to and how.
#pragma once

#include <mtfetch/network.hpp>
#include <mtfetch/proxy.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace mtfetch {

/// How packets are cut on a TCP connection. https://core.telegram.org/mtproto/mtproto-transports
enum class packet_framing { abridged, intermediate, padded_intermediate, full };

/// The way bytes travel to a data centre.
struct wire_format {
  packet_framing framing = packet_framing::padded_intermediate;
  bool obfuscated = true;  ///< ignored for `full`, which cannot be obfuscated
  /// `automatic` begins with TCP and falls back where that is blocked; the others pin one way. Over
  /// WebSocket everything is obfuscated, over HTTP nothing is.
  mtfetch::way way = mtfetch::way::automatic;
  bool ipv6_first = true;  ///< which family leads in the race of addresses
  /// Which browser fake TLS looks like.
  browser_hello hello = browser_hello::current;
};

/// Settings of a client. A plain value: fill it in, hand it over.
struct config {
  /// The application's own id and hash, from https://my.telegram.org ("API development tools").
  std::int32_t api_id = 0;
  std::string api_hash;

  /// Where keys and the login are kept (SQLite, mode 0600). Empty: in memory only, so that a login
  /// lasts as long as the client.
  std::filesystem::path session_file;

  mtfetch::network network = mtfetch::network::production();
  wire_format wire;
  /// When there is one, nothing else is connected to. An MTProxy's connections are obfuscated with
  /// its secret, whatever `wire` says.
  std::optional<mtfetch::proxy> proxy;

  /// What Telegram shows in the list of active sessions.
  /// https://core.telegram.org/method/initConnection
  std::string device_model = "mtfetch";
  std::string system_version = "Linux";
  std::string app_version = "0.1";
  std::string lang = "en";

  /// Only carried: the client does not sign in by itself. See client::sign_in_bot.
  std::string bot_token;

  /// FLOOD_WAIT up to this long is waited for inside a call; a longer one comes out as rpc_error.
  std::chrono::seconds flood_wait_limit{20};
  /// The first pause before a lost connection is dialled again; it doubles up to the second one.
  std::chrono::milliseconds reconnect_first{200};
  std::chrono::milliseconds reconnect_most{15000};
  /// How long one try to reach a data centre may take, all its addresses and the key exchange each.
  std::chrono::milliseconds connect_timeout{10000};
  /// How many calls of one session may wait for answers at once. One more waits for room; it ends
  /// with client_errc::queue_full when there is none before its deadline.
  std::size_t queue_limit = 4096;
  /// How many updates may wait to be read. See client::updates.
  std::size_t update_limit = 1024;

  /// Perfect forward secrecy: what is sent is encrypted with temporary keys that live in memory for
  /// a day at the most, so that a stolen session file opens nothing that was recorded before.
  /// https://core.telegram.org/api/pfs
  bool forward_secrecy = true;

  /// Reads MTFETCH_API_ID, MTFETCH_API_HASH, MTFETCH_SESSION (a path; by default
  /// $XDG_STATE_HOME/mtfetch/session or ~/.local/state/mtfetch/session), MTFETCH_NETWORK (as
  /// network::named), MTFETCH_BOT_TOKEN, and the proxy as proxy_from_env does. Throws
  /// mtfetch::error (client_errc::bad_config) that names the variable when its value is malformed;
  /// a missing one is left at its default.
  static config from_env();
  /// The same without the proxy, whose variables are not even read: for who names another one.
  static config from_env_but_proxy();
};

}  // namespace mtfetch
