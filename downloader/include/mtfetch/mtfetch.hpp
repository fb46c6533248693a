// SPDX-License-Identifier: BSL-1.0
// All of mtfetch: the client, link resolving and downloads.
#pragma once

#include <mtfetch/byte_sink.hpp>   // IWYU pragma: export
#include <mtfetch/client.hpp>      // IWYU pragma: export
#include <mtfetch/config.hpp>      // IWYU pragma: export
#include <mtfetch/download.hpp>    // IWYU pragma: export
#include <mtfetch/error.hpp>       // IWYU pragma: export
#include <mtfetch/link.hpp>        // IWYU pragma: export
#include <mtfetch/live_file.hpp>   // IWYU pragma: export
#include <mtfetch/media.hpp>       // IWYU pragma: export
#include <mtfetch/network.hpp>     // IWYU pragma: export
#include <mtfetch/proxy.hpp>       // IWYU pragma: export
#include <mtfetch/resolve.hpp>     // IWYU pragma: export
#include <mtfetch/statistics.hpp>  // IWYU pragma: export
#include <mtfetch/takeout.hpp>     // IWYU pragma: export
#include <mtfetch/target.hpp>      // IWYU pragma: export
#include <mtfetch/verify.hpp>      // IWYU pragma: export
