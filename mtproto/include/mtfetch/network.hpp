// SPDX-License-Identifier: BSL-1.0
// The data centres a client may talk to: Telegram's own, built in, or those of a network file.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch {

/// One address of a data centre. https://core.telegram.org/constructor/dcOption
struct dc_option {
  int id = 0;                   ///< 1..5; CDN data centres have larger numbers
  std::string ip;               ///< an IPv4 or IPv6 address in text, never a name
  std::uint16_t port = 0;       ///< TCP port, host order
  bool ipv6 = false;            ///< whether `ip` is an IPv6 address
  bool media_only = false;      ///< serves files only
  bool cdn = false;             ///< a CDN data centre: no login, its own RSA key
  bool tcpo_only = false;       ///< takes obfuscated connections only
  bool static_ = false;         ///< the address to use behind a proxy
  bool this_port_only = false;  ///< no other port may be tried
  bytes secret;                 ///< 16 or more bytes: the obfuscation secret this address wants

  friend bool operator==(const dc_option&, const dc_option&) = default;
};

/// The ways to a data centre. `automatic` goes down the list of mtproto/net/fallbacks.hpp.
enum class way { automatic, tcp, websocket, http };

/// Where a data centre takes WebSocket over TLS. https://core.telegram.org/mtproto/transports
struct web_host {
  int dc = 0;
  std::string host;  ///< a name, or an IP address in text; what its certificate must be for
  std::uint16_t port = 443;

  friend bool operator==(const web_host&, const web_host&) = default;
};

/// A set of data centres and the RSA keys that they prove themselves with. A plain value.
struct network {
  std::string name;                   ///< "production", "test" or what the network file says
  int home_dc = 2;                    ///< where a new login begins
  bool test = false;                  ///< Telegram's test network: its DC ids travel as id + 10000
  std::vector<dc_option> dcs;         ///< in the order of preference
  std::vector<std::string> rsa_keys;  ///< PEM, "RSA PUBLIC KEY" or "PUBLIC KEY"
  std::vector<web_host> web;          ///< in the order of preference; may be empty
  std::string ca;                     ///< PEM: who vouches for `web`; empty: the system's

  /// Telegram's production data centres and key.
  static network production();
  /// Telegram's test data centres and key. https://core.telegram.org/api/auth#test-accounts
  static network test_dcs();

  /// Reads a network file. Throws mtfetch::error (client_errc::bad_config) whose sentence names the
  /// file and the field: a file that cannot be read, JSON that is none, a field that is missing,
  /// unknown or of the wrong type, an address or key that is none, a home_dc without an address.
  static network load(const std::filesystem::path& file);
  /// The same from text; `origin` is what errors call it.
  static network parse(std::string_view json, const std::string& origin);
  /// What `--network` and MTFETCH_NETWORK take: "production", "test" or the path of a network file.
  static network named(const std::string& name_or_path);
  /// The network file's text; `parse` of it gives the same network.
  std::string to_json() const;

  friend bool operator==(const network&, const network&) = default;
};

}  // namespace mtfetch
