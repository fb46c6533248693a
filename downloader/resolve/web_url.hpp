// SPDX-License-Identifier: BSL-1.0
// Which addresses of a web page may be asked: Telegram's own over HTTPS, and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mtfetch::web {

/// An http or https address taken apart: host in lower case, `target` is path and query.
struct url {
  bool secure = true;
  std::string host;
  std::uint16_t port = 443;
  std::string target = "/";

  /// Nothing where it is another scheme, names a user, or has characters that do not belong.
  static std::optional<url> parse(std::string_view text);
  /// "https://host" with the port where it is not the scheme's own.
  std::string origin() const;
  std::string to_string() const { return origin() + target; }
  friend bool operator==(const url&, const url&) = default;
};

/// Where pages are, and with them what else may be asked.
class site {
 public:
  /// `base` is https://t.me, or another place that has the same pages: a test's. Throws
  /// mtfetch::error (client_errc::bad_config) where it is no such address.
  explicit site(std::string_view base);

  const url& base() const { return base_; }
  /// The address of a page: `target` begins with a slash.
  url page(std::string_view target) const;
  /// A link within a page: absolute, without scheme (//host/...), or from the root of the site.
  /// Nothing where it may not be asked: data URLs, plain http, hosts that are not Telegram's.
  std::optional<url> allowed(std::string_view link) const;

 private:
  url base_;
};

}  // namespace mtfetch::web
