// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/methods/classes.hpp>
#include <golden/methods/piece_0.hpp>
