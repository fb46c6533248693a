// SPDX-License-Identifier: BSL-1.0
// Memory that runs out when a test says so. For the whole program that it is linked to.
#pragma once

namespace mtfetch::transfer {

/// On the calling thread, the n-th allocation from now on (0: the next one) throws std::bad_alloc,
/// and it alone.
void fail_allocation(int n);

}  // namespace mtfetch::transfer
