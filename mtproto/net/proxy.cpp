// SPDX-License-Identifier: BSL-1.0
// Reads proxies from URLs and links. Errors never repeat what they are about.
#include <mtfetch/error.hpp>
#include <mtfetch/proxy.hpp>

#include "mtproto/transport/proxy_secret.hpp"

#include <asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace mtfetch {
namespace {

// RFC 1929 can say no longer ones; a host name has at most 253 characters.
constexpr std::size_t longest_credential = 255;
constexpr std::size_t longest_host = 253;
constexpr std::size_t longest_text = 4096;
// What a proxy variable without a port means, by curl's custom.
constexpr std::uint16_t usual_port = 1080;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_';
}
bool is_address_character(char c) {
  return is_name_character(c) || c == ':' || c == '%';
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// Cuts off the part in front of `mark`, or all when it is not there; the mark goes too.
std::string_view cut(std::string_view& rest, char mark) {
  const std::size_t at = std::min(rest.find(mark), rest.size());
  const std::string_view front = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return front;
}

// One text that is being read, and what its errors are called.
class reading {
 public:
  reading(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  proxy read(bool environment) const {
    if (text_.size() > longest_text) fail("is longer than any proxy's address");
    for (const char c : text_) {
      if (c <= ' ' || c == 0x7f) fail("holds a blank or a control character");
    }
    std::string_view rest = text_;
    std::string scheme;
    if (const std::size_t at = rest.find("://"); at != std::string_view::npos) {
      scheme = lowered(rest.substr(0, at));
      rest.remove_prefix(at + 3);
    } else if (lowered(rest).starts_with("tg:")) {
      scheme = "tg";
      rest.remove_prefix(3);
    }
    if (!environment) {
      if (scheme == "tg") return read_link(rest);
      if (scheme.empty() || scheme == "http" || scheme == "https") {
        std::string_view path = rest;
        if (is_telegram(lowered(cut(path, '/')))) return read_link(path);
      }
    }
    // Without a scheme a proxy variable means HTTP, by curl's custom.
    if (scheme == "http" || (scheme.empty() && environment)) {
      return read_url(rest, proxy::kind::http, environment);
    }
    // Desktops set the variable to socks:// and mean version 5.
    if (scheme == "socks5" || scheme == "socks5h" || (scheme == "socks" && environment)) {
      return read_url(rest, proxy::kind::socks5, environment);
    }
    fail(environment ? "must begin with socks5://, socks5h://, socks:// or http:// (MTFETCH_PROXY "
                       "goes before it)"
                     : "must begin with socks5://, http://, tg://proxy? or https://t.me/proxy?");
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw error(client_errc::bad_config, origin_ + " " + why);
  }

  static bool is_telegram(std::string_view host) {
    if (host.starts_with("www.")) host.remove_prefix(4);
    return host == "t.me" || host == "telegram.me" || host == "telegram.dog";
  }

  std::string decoded(std::string_view text, const char* what) const {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%') {
        out += text[i];
        continue;
      }
      unsigned value = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      const auto [end, ec] =
          std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (digits.size() != 2 || ec != std::errc() || end != digits.data() + 2) {
        fail(std::string("has a % in its ") + what + " that two hexadecimal digits do not follow");
      }
      out += static_cast<char>(value);
      i += 2;
    }
    return out;
  }

  proxy read_url(std::string_view rest, proxy::kind what, bool environment) const {
    proxy out;
    out.what = what;
    std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    rest.remove_prefix(authority.size());
    if (!rest.empty() && rest != "/") fail("has something behind host and port");
    // A password may hold an @ that was not encoded; a host may not.
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
      std::string_view login = authority.substr(0, at);
      authority.remove_prefix(at + 1);
      std::string user = decoded(cut(login, ':'), "user name");
      set_login(out, std::move(user), decoded(login, "password"));
    }
    std::string_view host = authority;
    if (host.starts_with('[')) {
      host.remove_prefix(1);
      const std::size_t end = host.find(']');
      if (end == std::string_view::npos) fail("has an IPv6 address that no ] ends");
      authority = host.substr(end + 1);
      if (!authority.empty() && !authority.starts_with(':')) fail("has no port behind its host");
      authority.remove_prefix(std::min<std::size_t>(1, authority.size()));
      host = host.substr(0, end);
      std::error_code ec;
      asio::ip::make_address_v6(std::string(host), ec);
      if (ec) fail("has brackets around what is no IPv6 address");
    } else {
      host = cut(authority, ':');
    }
    set_host(out, std::string(host));
    if (environment && authority.empty()) {
      out.port = usual_port;
    } else {
      set_port(out, authority);
    }
    return out;
  }

  // Behind tg:// or https://t.me/: "proxy?..." or "socks?...".
  proxy read_link(std::string_view rest) const {
    rest = rest.substr(0, rest.find('#'));
    std::string_view query = rest;
    std::string_view path = cut(query, '?');
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    const bool is_mtproxy = lowered(path) == "proxy";
    if (!is_mtproxy && lowered(path) != "socks") {
      fail("is a Telegram link, but not one to a proxy (proxy? or socks?)");
    }
    proxy out;
    out.what = is_mtproxy ? proxy::kind::mtproxy : proxy::kind::socks5;
    set_host(out, argument(query, "server"));
    set_port(out, argument(query, "port"));
    if (is_mtproxy) {
      const auto secret = transport::proxy_secret::parse(argument(query, "secret"));
      if (!secret) fail("is refused: " + secret.error().message());
      out.secret = secret->to_bytes();
    } else {
      set_login(out, argument(query, "user"), argument(query, "pass"));
    }
    return out;
  }

  // A + stays one: base64 has it, and addresses have no blanks.
  std::string argument(std::string_view query, std::string_view name) const {
    while (!query.empty()) {
      std::string_view one = cut(query, '&');
      if (cut(one, '=') == name) return decoded(one, "arguments");
    }
    return {};
  }

  void set_host(proxy& out, std::string host) const {
    if (host.empty()) fail("has no host");
    // Asio stops at a zero, and takes anything for the zone of an IPv6 address.
    std::error_code no_address;
    asio::ip::make_address(host, no_address);
    const bool fits =
        host.size() <= longest_host &&
        std::ranges::all_of(host, no_address ? is_name_character : is_address_character);
    if (!fits) fail("has a host that is neither a name nor an address");
    out.host = std::move(host);
  }

  void set_port(proxy& out, std::string_view text) const {
    if (text.empty()) fail("has no port");
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out.port);
    if (ec != std::errc() || end != text.data() + text.size() || out.port == 0) {
      fail("has a port that is no number from 1 to 65535");
    }
  }

  void set_login(proxy& out, std::string user, std::string password) const {
    if (user.size() > longest_credential || password.size() > longest_credential) {
      fail("has a user name or password of more than 255 bytes");
    }
    if (user.empty() && !password.empty()) fail("has a password but no user name");
    const bool colon = user.find(':') != std::string::npos;
    if (out.what == proxy::kind::http && colon) fail("has a user name with a colon in it");
    out.user = std::move(user);
    out.password = std::move(password);
  }

  std::string_view text_;
  const std::string& origin_;
};

}  // namespace

proxy proxy::parse(std::string_view text, const std::string& origin) {
  return reading(text, origin).read(false);
}

std::string proxy::to_text() const {
  const bool bracketed = host.find(':') != std::string::npos;
  const char* const name = what == kind::socks5 ? "SOCKS5 proxy"
                           : what == kind::http ? "HTTP proxy"
                                                : "MTProxy";
  return std::string("the ") + name + " " + (bracketed ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

std::optional<proxy> proxy_from_env() {
  for (const char* const name : {"MTFETCH_PROXY", "ALL_PROXY", "all_proxy"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view text = value;
    if (text == "none") return std::nullopt;
    const bool ours = std::string_view(name) == "MTFETCH_PROXY";
    return reading(text, name).read(!ours);
  }
  return std::nullopt;
}

}  // namespace mtfetch
