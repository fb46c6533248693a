// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/names/classes.hpp>
#include <golden/names/piece_0.hpp>
