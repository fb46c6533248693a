// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/settings.hpp"

#include <array>
#include <cstdlib>
#include <mtfetch/error.hpp>
#include <utility>

#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

packet_framing framing_named(const std::string& name) {
  static constexpr std::array<std::pair<const char*, packet_framing>, 4> known = {
      {{"abridged", packet_framing::abridged},
       {"intermediate", packet_framing::intermediate},
       {"padded", packet_framing::padded_intermediate},
       {"full", packet_framing::full}}};
  for (const auto& [text, framing] : known) {
    if (name == text) return framing;
  }
  throw error(client_errc::bad_config,
              "--framing: '" + name + "' is none of abridged, intermediate, padded, full");
}

way way_named(const std::string& name) {
  static constexpr std::array<std::pair<const char*, way>, 4> known = {
      {{"auto", way::automatic},
       {"tcp", way::tcp},
       {"websocket", way::websocket},
       {"http", way::http}}};
  for (const auto& [text, kind] : known) {
    if (name == text) return kind;
  }
  throw error(client_errc::bad_config,
              "--way: '" + name + "' is none of auto, tcp, websocket, http");
}

browser_hello hello_named(const std::string& name) {
  if (name == "current") return browser_hello::current;
  if (name == "classic") return browser_hello::classic;
  throw error(client_errc::bad_config, "--hello: '" + name + "' is none of current, classic");
}

// Every process can read a command line. An MTProxy's secret is a key like any other.
proxy proxy_given(const std::string& text) {
  proxy out = proxy::parse(text, "--proxy");
  const char* const holds = !out.secret.empty()     ? "secret"
                            : !out.password.empty() ? "password"
                                                    : nullptr;
  if (holds == nullptr) return out;
  throw error(client_errc::bad_config,
              "--proxy: a " + std::string(holds) +
                  " does not belong on the command line, where every process can read it. Set "
                  "MTFETCH_PROXY instead");
}

}  // namespace

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

config make_config(const shared_flags& flags) {
  config settings = flags.proxy ? config::from_env_but_proxy() : config::from_env();
  if (flags.network) settings.network = network::named(*flags.network);
  if (flags.session) settings.session_file = *flags.session;
  if (flags.api_id) settings.api_id = *flags.api_id;
  if (flags.framing) settings.wire.framing = framing_named(*flags.framing);
  if (flags.way) settings.wire.way = way_named(*flags.way);
  if (flags.proxy && flags.proxy != "none") settings.proxy = proxy_given(*flags.proxy);
  if (flags.hello) settings.wire.hello = hello_named(*flags.hello);
  if (flags.plain) settings.wire.obfuscated = false;
  if (settings.api_id == 0 || settings.api_hash.empty()) {
    throw error(client_errc::bad_config,
                "An api_id and api_hash are needed: make yours at https://my.telegram.org "
                "(API development tools) and set MTFETCH_API_ID and MTFETCH_API_HASH");
  }
  return settings;
}

view_kind choose_view(const shared_flags& flags) {
  if (flags.json) return view_kind::json;
  if (flags.quiet) return view_kind::quiet;
  return draws_on_terminal() ? view_kind::bar : view_kind::lines;
}

}  // namespace mtfetch::cli
