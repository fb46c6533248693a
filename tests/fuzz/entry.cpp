// SPDX-License-Identifier: BSL-1.0
// What libFuzzer calls; MTFETCH_FUZZ_TARGET is the name of a target.
#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mtfetch::fuzz::MTFETCH_FUZZ_TARGET(mtfetch::byte_view(data, size));
  return 0;
}
