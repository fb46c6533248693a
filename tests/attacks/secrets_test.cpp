// SPDX-License-Identifier: BSL-1.0
// The search for secrets finds them: without this the other tests could not fail for one.
#include "tests/attacks/secrets.hpp"

#include <gtest/gtest.h>

#include "mtproto/tl/base64.hpp"
#include "mtproto/tl/hex.hpp"
#include "tests/attacks/memory_meter.hpp"

namespace mtfetch::attacks {
namespace {

TEST(secrets, are_found_in_every_form) {
  bytes key(64);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(200 - 3 * i);
  secrets kept;
  kept.add_bytes("key", key);
  kept.add_text("phone", "99966200001");
  const std::vector<std::string> found{"key"};
  const byte_view part = byte_view(key).subspan(13, 20);
  EXPECT_EQ(kept.found_in("key " + std::string(as_text(part)) + "!"), found);
  EXPECT_EQ(kept.found_in("key " + tl::to_hex(part)), found);
  EXPECT_EQ(kept.found_in("key " + tl::to_base64(part)), found);
  EXPECT_EQ(kept.found_in("+99966200001 is not known"), std::vector<std::string>{"phone"});
  EXPECT_EQ(kept.found_in("data centre 2 at 127.0.0.1:4000: a check of the key failed"),
            std::vector<std::string>());
}

TEST(memory_meter, sees_what_this_thread_holds) {
  const memory_meter meter;
  EXPECT_LT(meter.peak(), 1000u);
  { const bytes held(100'000); }
  EXPECT_GE(meter.peak(), 100'000u);
  EXPECT_LT(meter.peak(), 120'000u);
}

}  // namespace
}  // namespace mtfetch::attacks
