// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/flags/classes.hpp>
#include <golden/flags/piece_0.hpp>
