// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/config.hpp>
#include <mtfetch/error.hpp>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace mtfetch {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

[[noreturn]] void refuse(const char* name, const std::string& why) {
  throw error(client_errc::bad_config, std::string(name) + " " + why);
}

// https://specifications.freedesktop.org/basedir-spec/latest/
std::filesystem::path default_session() {
  const std::string state = variable("XDG_STATE_HOME");
  if (state.starts_with('/')) return std::filesystem::path(state) / "mtfetch" / "session";
  const std::string home = variable("HOME");
  if (home.empty()) return {};
  return std::filesystem::path(home) / ".local" / "state" / "mtfetch" / "session";
}

}  // namespace

config config::from_env() {
  config out = from_env_but_proxy();
  out.proxy = proxy_from_env();
  return out;
}

config config::from_env_but_proxy() {
  config out;
  const std::string id = variable("MTFETCH_API_ID");
  if (!id.empty()) {
    const auto [end, ec] = std::from_chars(id.data(), id.data() + id.size(), out.api_id);
    if (ec != std::errc() || end != id.data() + id.size() || out.api_id <= 0) {
      refuse("MTFETCH_API_ID", "must be a number, as https://my.telegram.org shows it");
    }
  }
  out.api_hash = variable("MTFETCH_API_HASH");
  const bool hex = out.api_hash.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!out.api_hash.empty() && (!hex || out.api_hash.size() != 32)) {
    refuse("MTFETCH_API_HASH", "must be 32 hexadecimal digits");
  }
  const std::string session = variable("MTFETCH_SESSION");
  out.session_file = session.empty() ? default_session() : std::filesystem::path(session);
  const std::string where = variable("MTFETCH_NETWORK");
  if (!where.empty()) out.network = mtfetch::network::named(where);
  out.bot_token = variable("MTFETCH_BOT_TOKEN");
  return out;
}

}  // namespace mtfetch
