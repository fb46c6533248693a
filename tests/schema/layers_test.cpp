// SPDX-License-Identifier: BSL-1.0
// What the .tl files hold together: layer 228, MTProto's own schema, what older layers had.
#include <gtest/gtest.h>

#include <set>

#include "codegen/closure.hpp"
#include "tests/schema/schema_files.hpp"

namespace mtfetch::schema_test {
namespace {

using codegen::check;
using codegen::schema;

schema newest() {
  return check(contents(files_below("api")));
}

TEST(schema_files, hold_layer_228) {
  const schema s = newest();
  EXPECT_EQ(s.layer, 228);
  EXPECT_EQ(s.combinators.size(), 2453U);
  std::size_t methods = 0;
  for (const auto& c : s.combinators) methods += c.is_function ? 1 : 0;
  EXPECT_EQ(methods, 806U);
  EXPECT_EQ(s.classes.size(), 610U);
}

TEST(schema_files, hold_each_namespace_in_its_own_file) {
  for (const auto& file : files_below("api")) {
    EXPECT_EQ(file.content.layer, 228) << file.name;
    for (const auto& d : file.content.declarations) {
      EXPECT_EQ("api/" + codegen::space_of(d.name) + ".tl", file.name) << d.name;
    }
  }
}

TEST(schema_files, hold_all_messages_of_a_key_exchange) {
  const schema s = check({codegen::parse(
      "mtproto.tl", codegen::read_file(std::string(MTFETCH_SCHEMA_DIR) + "/mtproto.tl"))});
  for (const char* name :
       {"req_pq", "req_pq_multi", "resPQ", "p_q_inner_data", "p_q_inner_data_dc",
        "p_q_inner_data_temp", "p_q_inner_data_temp_dc", "req_DH_params", "server_DH_params_fail",
        "server_DH_params_ok", "server_DH_inner_data", "client_DH_inner_data",
        "set_client_DH_params", "dh_gen_ok", "dh_gen_retry", "dh_gen_fail"}) {
    EXPECT_TRUE(s.combinator_by_name.contains(name)) << name;
  }
}

TEST(schema_files, hold_what_older_layers_had) {
  const schema below = newest();
  std::set<std::int32_t> layers;
  for (const auto& file : files_below("compat")) {
    ASSERT_TRUE(file.content.layer) << file.name;
    EXPECT_EQ("compat/" + std::to_string(*file.content.layer) + ".tl", file.name);
    layers.insert(*file.content.layer);
    const schema older = check({file.content}, &below);
    for (const char* name : {"user", "channel", "message"}) {
      ASSERT_TRUE(older.combinator_by_name.contains(name)) << file.name << ": " << name;
    }
    // A row that says the same as the newest layer is no difference.
    for (const auto& c : older.combinators) {
      const auto at = below.combinator_by_name.find(c.name);
      if (at == below.combinator_by_name.end()) continue;
      EXPECT_NE(below.combinators[at->second].text, c.text) << file.name;
    }
  }
  EXPECT_EQ(layers, (std::set<std::int32_t>{190, 214, 222, 223, 224}));
}

TEST(library_methods, reach_no_updates) {
  const schema s = newest();
  const std::string path = std::string(MTFETCH_SCHEMA_DIR) + "/library_methods.txt";
  const auto list = codegen::method_list::parse(path, codegen::read_file(path));
  const auto chosen = codegen::closure(s, list);
  EXPECT_FALSE(chosen[s.combinator_by_name.at("updateNewMessage")]);
  EXPECT_TRUE(chosen[s.combinator_by_name.at("upload.getFile")]);
  EXPECT_TRUE(chosen[s.combinator_by_name.at("upload.fileCdnRedirect")]);
}

}  // namespace
}  // namespace mtfetch::schema_test
