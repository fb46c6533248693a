// SPDX-License-Identifier: BSL-1.0
// Every id of every .tl file against the CRC32 rule.
#include <gtest/gtest.h>

#include <set>

#include "codegen/id_rule.hpp"
#include "tests/schema/schema_files.hpp"

namespace mtfetch::schema_test {
namespace {

using codegen::canonical_text;
using codegen::crc32;

codegen::syntax::declaration declared(const std::string& text) {
  return codegen::parse("text.tl", text).declarations.at(0);
}

TEST(id_rule, gives_the_ids_that_telegram_publishes) {
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32(canonical_text(declared("vector {t:Type} # [ t ] = Vector t;"))), 0x1cb5c415U);
  EXPECT_EQ(crc32(canonical_text(declared("boolTrue = Bool;"))), 0x997275b5U);
  EXPECT_EQ(crc32(canonical_text(declared("boolFalse = Bool;"))), 0xbc799737U);
  EXPECT_EQ(crc32(canonical_text(declared("resPQ nonce:int128 server_nonce:int128 pq:bytes "
                                          "server_public_key_fingerprints:Vector<long> = ResPQ;"))),
            0x05162463U);
}

TEST(id_rule, hashes_the_canonical_spelling) {
  EXPECT_EQ(canonical_text(declared("a#1 x:bytes y:flags.1?bytes z:Vector<bytes> = A;")),
            "a x:string y:flags.1?string z:Vector bytes = A");
  EXPECT_EQ(canonical_text(declared("a flags:# on:flags.0?true b:flags.1?Vector<A> = A;")),
            "a flags:# b:flags.1?Vector A = A");
  EXPECT_EQ(canonical_text(declared("a {X:Type} query:!X = X;")), "a X:Type query:!X = X");
  EXPECT_EQ(canonical_text(declared("a v:Vector<Vector<int>> = Vector<A>;")),
            "a v:Vector Vector int = Vector A");
}

TEST(schema_files, follow_the_rule_but_for_the_ids_listed_here) {
  const std::set<std::string> fixed = {
      "api/base.tl accessPointRule#4679b65f",
      "api/base.tl inputPeerPhotoFileLocationLegacy#27d69997",
      "api/base.tl inputStickerSetThumbLegacy#0dbaeae9",
      "api/base.tl ipPortSecret#37982646",
      "api/help.tl help.configSimple#5a592a6c",
      "mtproto.tl msg_container#73f1f8dc",
  };
  std::set<std::string> found;
  std::size_t checked = 0;
  for (const auto& file : files_below(".")) {
    for (const auto& d : file.content.declarations) {
      ASSERT_TRUE(d.id) << file.name << ": " << d.name << " states no id";
      char id[16];
      std::snprintf(id, sizeof id, "#%08x", *d.id);
      const bool follows = crc32(canonical_text(d)) == *d.id;
      EXPECT_EQ(d.is_fixed, !follows) << file.name << ": " << d.name << id;
      if (!follows) found.insert(file.name + " " + d.name + id);
      ++checked;
    }
  }
  EXPECT_EQ(found, fixed);
  EXPECT_GT(checked, 2800U);
}

}  // namespace
}  // namespace mtfetch::schema_test
