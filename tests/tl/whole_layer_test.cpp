// SPDX-License-Identifier: BSL-1.0
// Random values of every constructor and method of the layer, made by the schema table and read by
// the generated type: the table and the types must agree on every byte.
#include "tests/tl/whole_layer.hpp"

#include <gtest/gtest.h>
#include <mtfetch/api/schema.hpp>

#include <memory>
#include <set>

#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"
#include "tests/tl/random_values.hpp"

namespace mtfetch::tl_test {
namespace {

std::vector<tl::alternative> all_types() {
  std::vector<tl::alternative> types;
  add_types_0(types);
  add_types_1(types);
  add_types_2(types);
  add_types_3(types);
  return types;
}

// Reads boxed data as the type; gives what it writes, behind the id.
bytes read_and_write(const tl::alternative& type, byte_view data, std::error_code& error) {
  tl::reader in(data);
  EXPECT_EQ(in.u32(), type.id);
  const std::unique_ptr<void, void (*)(void*) noexcept> value(type.create(), type.destroy);
  type.read(in, value.get());
  if (in.remaining() != 0) in.fail(protocol_errc::trailing_bytes);
  error = in.error();
  bytes out;
  if (error) return out;
  tl::writer writer(out);
  writer.u32(type.id);
  type.write(writer, value.get());
  return out;
}

TEST(whole_layer, has_a_type_for_every_name) {
  std::set<std::uint32_t> ids;
  std::set<std::string> spaces;
  for (const auto& type : all_types()) {
    EXPECT_TRUE(ids.insert(type.id).second) << type.name;
    EXPECT_EQ(api_schema().find(type.id).name(), type.name);
    spaces.emplace(type.name.substr(0, type.name.find('.') + 1));
  }
  EXPECT_EQ(ids.size(), 2451U);   // all of layer 228 but the constructors of Bool
  EXPECT_EQ(spaces.size(), 27U);  // one of them has no name
}

TEST(whole_layer, reads_back_what_the_table_makes) {
  random_values values(api_schema(), 228);
  for (const auto& type : all_types()) {
    for (int i = 0; i < 8; ++i) {
      const bytes data = values.value_of(api_schema().find(type.id));
      std::error_code error;
      ASSERT_EQ(read_and_write(type, data, error), data) << type.name << ": " << error.message();
    }
  }
}

TEST(whole_layer, survives_cut_and_wrong_data) {
  random_values values(api_schema(), 229);
  std::mt19937_64 random(230);
  for (const auto& type : all_types()) {
    const bytes data = values.value_of(api_schema().find(type.id));
    if (data.size() > 20'000) continue;
    std::error_code error;
    const bool takes_rest = std::string_view(type.name).starts_with("invokeWith") ||
                            std::string_view(type.name).starts_with("invokeAfter") ||
                            type.name == "initConnection";
    for (std::size_t size = 4; size < data.size() && !takes_rest; size += 1 + data.size() / 64) {
      read_and_write(type, byte_view(data).first(size), error);
      EXPECT_TRUE(error) << type.name << " cut at " << size;
    }
    for (int i = 0; i < 16 && data.size() > 4; ++i) {
      bytes wrong = data;
      wrong[4 + random() % (wrong.size() - 4)] = static_cast<std::uint8_t>(random());
      read_and_write(type, wrong, error);
    }
  }
}

}  // namespace
}  // namespace mtfetch::tl_test
