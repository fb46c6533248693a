// SPDX-License-Identifier: BSL-1.0
// What is put in front of a serialized call: the layer, the application, no updates.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/config.hpp>

#include <cstdint>

namespace mtfetch::client_impl {

/// The layer of tl-schema/ that this client speaks.
inline constexpr std::int32_t api_layer = 228;

/// invokeWithLayer(initConnection(...)) up to the call inside, which follows directly.
/// https://core.telegram.org/api/invoking#saving-client-info
bytes session_header(const config& settings);
/// The same for a CDN data centre: it is nobody's business there what device this is.
/// https://core.telegram.org/cdn
bytes cdn_session_header(config settings);

/// invokeWithoutUpdates, up to the call inside.
/// https://core.telegram.org/method/invokeWithoutUpdates
bytes without_updates_header();

/// invokeWithTakeout, up to the call inside. It stands next to the call, within all others.
/// https://core.telegram.org/method/invokeWithTakeout
bytes takeout_header(std::int64_t id);

}  // namespace mtfetch::client_impl
