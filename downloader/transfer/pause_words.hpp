// SPDX-License-Identifier: BSL-1.0
// A pause in words for people. None holds a secret: they are made of numbers, and of sentences that
// errors carry.
#pragma once

#include "downloader/engine/pause.hpp"

#include <mtfetch/instant.hpp>

#include <string>

namespace mtfetch::transfer {

std::string in_words(const engine::pause& why, time_point now);

}  // namespace mtfetch::transfer
