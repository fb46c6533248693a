// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/web_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <mtfetch/error.hpp>

namespace mtfetch::web {
namespace {

constexpr std::size_t longest = 4096;  // bytes of an address

// Telegram's pages, and the hosts that its pages take pictures and videos from.
constexpr std::array<std::string_view, 5> domains = {"t.me", "telegram.org", "telesco.pe",
                                                     "cdn-telegram.org", "telegram-cdn.org"};

bool is_host_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool is_telegrams(std::string_view host) {
  return std::ranges::any_of(domains, [host](std::string_view domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
  });
}

}  // namespace

std::optional<url> url::parse(std::string_view text) {
  if (text.size() > longest) return std::nullopt;
  // Nothing that could end a line of HTTP, or that readers of addresses take in different ways.
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '\\'; })) {
    return std::nullopt;
  }
  url out;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
    out.secure = false;
    out.port = 80;
  } else {
    return std::nullopt;
  }
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  text.remove_prefix(authority.size());
  const std::size_t colon = authority.find(':');
  for (char c : authority.substr(0, colon)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_host_letter(c)) return std::nullopt;  // also '@': nobody signs in here
    out.host += c;
  }
  if (out.host.empty() || out.host.starts_with('.') || out.host.find("..") != std::string::npos) {
    return std::nullopt;
  }
  if (colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || out.port == 0) {
      return std::nullopt;
    }
  }
  out.target = text.substr(0, text.find('#'));
  if (!out.target.starts_with('/')) out.target.insert(0, "/");
  return out;
}

std::string url::origin() const {
  std::string out = (secure ? "https://" : "http://") + host;
  if (port != (secure ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

site::site(std::string_view base) {
  const auto read = url::parse(base);
  if (!read || read->target != "/") {
    throw error(client_errc::bad_config,
                "The place of Telegram's web pages must read https://HOST or http://HOST:PORT");
  }
  base_ = *read;
}

url site::page(std::string_view target) const {
  url out = base_;
  out.target = target;
  return out;
}

std::optional<url> site::allowed(std::string_view link) const {
  std::optional<url> read;
  if (link.starts_with("//")) {
    read = url::parse("https:" + std::string(link.substr(0, longest)));
  } else if (link.starts_with("/")) {
    read = url::parse(base_.origin() + std::string(link.substr(0, longest)));
  } else {
    read = url::parse(link);
  }
  if (!read) return std::nullopt;
  const bool is_ours =
      read->host == base_.host && read->port == base_.port && read->secure == base_.secure;
  const bool is_safe = read->secure && read->port == 443 && is_telegrams(read->host);
  return is_ours || is_safe ? read : std::nullopt;
}

}  // namespace mtfetch::web
