// SPDX-License-Identifier: BSL-1.0
// A file descriptor of somebody else's as a sink.
#pragma once

#include <mtfetch/byte_sink.hpp>

namespace mtfetch::sink {

/// Files are written at offsets from 0 on; pipes and sockets in order, waiting while the other side
/// is slow, until `interrupt` is called. `write` throws mtfetch::error. The descriptor is not
/// closed.
byte_sink descriptor_sink(int descriptor);

}  // namespace mtfetch::sink
