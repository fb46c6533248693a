// SPDX-License-Identifier: BSL-1.0
// What every command is told: flags first, then the environment, then defaults.
#pragma once

#include <mtfetch/config.hpp>

#include <filesystem>
#include <optional>
#include <string>

#include "examples/cli/progress_view.hpp"

namespace mtfetch::cli {

/// The flags that all commands share, as given; what is absent is taken from the environment.
struct shared_flags {
  std::optional<std::string> network;
  std::optional<std::filesystem::path> session;
  std::optional<std::int32_t> api_id;
  std::optional<std::string> framing;
  std::optional<std::string> way;
  std::optional<std::string> proxy;  ///< a URL without a password, or "none"
  std::optional<std::string> hello;
  bool plain = false;
  bool json = false;
  bool quiet = false;
};

/// Throws mtfetch::error (client_errc::bad_config) naming the flag or variable that is wrong.
config make_config(const shared_flags& flags);

/// JSON when asked for, nothing when quiet, a bar on a terminal, else plain lines.
view_kind choose_view(const shared_flags& flags);

/// An environment variable's value; nothing when unset or empty.
std::optional<std::string> environment(const char* name);

}  // namespace mtfetch::cli
