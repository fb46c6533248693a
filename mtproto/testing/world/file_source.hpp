// SPDX-License-Identifier: BSL-1.0
// upload.file whose bytes are read from the folder when it is sent.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>

#include "mtproto/testing/protocol/message_body.hpp"
#include "mtproto/testing/world/world.hpp"

namespace mtfetch::testing {

/// A part of a served file; its bounds lie within the file.
struct file_part {
  std::int64_t document = 0;
  std::int64_t offset = 0;
  std::int32_t size = 0;
};

/// The upload.file of a part. Nothing when the document is gone or cannot be opened.
std::optional<streamed_body> stream_part(world& from, const file_part& part);

/// The same from a streamed_body's recipe, after a restart.
std::optional<streamed_body> stream_recipe(world& from, byte_view recipe);

}  // namespace mtfetch::testing
