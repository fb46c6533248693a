// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/recursion/classes.hpp>
#include <golden/recursion/piece_0.hpp>
