// SPDX-License-Identifier: BSL-1.0
// Telegram's own data centres. They change rarely; help.getConfig brings them up to date.
// https://core.telegram.org/api/datacenter
#include <mtfetch/network.hpp>

#include "mtproto/crypto/telegram_keys.hpp"
#include "mtproto/tl/base64.hpp"

#include <array>
#include <span>

namespace mtfetch {
namespace {

struct address {
  int dc;
  const char* ip;
  bool ipv6;
};

constexpr std::array production_addresses = {
    address{1, "149.154.175.50", false},       address{1, "2001:b28:f23d:f001::a", true},
    address{2, "149.154.167.51", false},       address{2, "149.154.167.50", false},
    address{2, "149.154.167.41", false},       address{2, "95.161.76.100", false},
    address{2, "2001:67c:4e8:f002::a", true},  address{3, "149.154.175.100", false},
    address{3, "2001:b28:f23d:f003::a", true}, address{4, "149.154.167.91", false},
    address{4, "2001:67c:4e8:f004::a", true},  address{5, "149.154.171.5", false},
    address{5, "2001:b28:f23f:f005::a", true},
};

constexpr std::array test_addresses = {
    address{1, "149.154.175.10", false},  address{1, "2001:b28:f23d:f001::e", true},
    address{2, "149.154.167.40", false},  address{2, "2001:67c:4e8:f002::e", true},
    address{3, "149.154.175.117", false}, address{3, "2001:b28:f23d:f003::e", true},
};

// Where it takes WebSocket, by the number of the data centre. The same names with "-1" behind them
// are there for browsers, who open only so many connections to one name; files need no host of
// their own. https://core.telegram.org/mtproto/transports#uri-format
constexpr std::array web_names = {"pluto", "venus", "aurora", "vesta", "flora"};

// Telegram listens on further ports as well; mtproto/net/fallbacks.hpp has them.
std::vector<dc_option> options(std::span<const address> addresses) {
  std::vector<dc_option> out;
  for (const address& at : addresses) {
    dc_option option;
    option.id = at.dc;
    option.ip = at.ip;
    option.port = 443;
    option.ipv6 = at.ipv6;
    out.push_back(option);
  }
  return out;
}

std::vector<web_host> web_hosts(int data_centres) {
  std::vector<web_host> out;
  for (int dc = 1; dc <= data_centres; ++dc) {
    const std::string name = web_names.at(static_cast<std::size_t>(dc - 1));
    out.push_back({dc, name + ".web.telegram.org", 443});
  }
  return out;
}

// PEM has lines of 64 characters: RFC 7468.
std::string in_lines(const std::string& text) {
  constexpr std::size_t line = 64;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += line) out += text.substr(i, line) + "\n";
  return out;
}

void append_der(bytes& out, std::uint8_t tag, byte_view content) {
  out.push_back(tag);
  if (content.size() < 128) {
    out.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    out.push_back(0x82);  // a length of two bytes: numbers of 2048 bits need no more
    out.push_back(static_cast<std::uint8_t>(content.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(content.size()));
  }
  out.insert(out.end(), content.begin(), content.end());
}

void append_der_number(bytes& out, byte_view magnitude) {
  bytes content(magnitude.begin(), magnitude.end());
  if (content.empty() || content[0] >= 128) content.insert(content.begin(), 0);  // it is positive
  append_der(out, 0x02, content);
}

// PKCS#1, as network files have their keys: RFC 8017, A.1.1.
std::vector<std::string> pems(const std::vector<crypto::rsa_public_key>& keys) {
  std::vector<std::string> out;
  for (const crypto::rsa_public_key& key : keys) {
    bytes numbers;
    append_der_number(numbers, key.n());
    append_der_number(numbers, key.e());
    bytes der;
    append_der(der, 0x30, numbers);
    out.push_back("-----BEGIN RSA PUBLIC KEY-----\n" + in_lines(tl::to_base64(der)) +
                  "-----END RSA PUBLIC KEY-----\n");
  }
  return out;
}

}  // namespace

network network::production() {
  network out;
  out.name = "production";
  out.home_dc = 2;
  out.dcs = options(production_addresses);
  out.web = web_hosts(5);
  out.rsa_keys = pems(crypto::production_keys());
  return out;
}

network network::test_dcs() {
  network out;
  out.name = "test";
  out.home_dc = 2;
  out.test = true;
  out.dcs = options(test_addresses);
  out.web = web_hosts(3);
  out.rsa_keys = pems(crypto::test_keys());
  return out;
}

}  // namespace mtfetch
