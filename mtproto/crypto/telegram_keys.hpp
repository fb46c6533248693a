// SPDX-License-Identifier: BSL-1.0
// The public RSA keys of Telegram's data centres.
#pragma once

#include <vector>

#include "mtproto/crypto/rsa.hpp"

namespace mtfetch::crypto {

/// The keys of the production data centres, the current one first (fingerprint
/// 0xd09d1d85de64fd85). https://core.telegram.org/mtproto/auth_key#dh-exchange-initiation
std::vector<rsa_public_key> production_keys();

/// The key of the test data centres (fingerprint 0xb25898df208d2603).
std::vector<rsa_public_key> test_keys();

}  // namespace mtfetch::crypto
