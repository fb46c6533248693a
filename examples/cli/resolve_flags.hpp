// SPDX-License-Identifier: BSL-1.0
// The flags that say which of a message's files are wanted.
#pragma once

#include <mtfetch/resolve_options.hpp>

#include <CLI/CLI.hpp>

namespace mtfetch::cli {

/// `into` must outlive the parsing.
void add_resolve_flags(CLI::App& command, resolve_options& into);

}  // namespace mtfetch::cli
