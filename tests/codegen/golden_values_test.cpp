// SPDX-License-Identifier: BSL-1.0
// The golden files compile, and their types read back what they write.
#include <gtest/gtest.h>
#include <golden/flags.hpp>
#include <golden/methods.hpp>
#include <golden/names.hpp>
#include <golden/raw.hpp>
#include <golden/recursion.hpp>
#include <golden/sums.hpp>
#include <golden/table.hpp>
#include <golden/vectors.hpp>

#include "mtproto/tl/object.hpp"

namespace golden {
namespace {

using mtfetch::byte_view;
using mtfetch::bytes;
using mtfetch::tl::clone;
using mtfetch::tl::parse;
using mtfetch::tl::serialize;

// Reads back what was written, writes it again: the same bytes, an equal value.
template <class T>
T round_trip(const T& value) {
  const bytes data = serialize(value);
  auto read = parse<T>(data);
  EXPECT_TRUE(read) << read.error().message();
  if (!read) return T{};
  EXPECT_EQ(serialize(*read), data);
  EXPECT_TRUE(*read == value);
  EXPECT_TRUE(clone(value) == value);
  return std::move(*read);
}

TEST(golden_flags, sets_bits_of_what_is_there) {
  flags::shirt shirt;
  shirt.clean = true;
  shirt.label = "L";
  shirt.torn = true;
  const bytes data = serialize(shirt);
  ASSERT_EQ(data.size(), 16U);
  EXPECT_EQ(data[4], 0b101);
  EXPECT_EQ(data[15], 0x80);
  const flags::shirt read = round_trip(shirt);
  EXPECT_TRUE(read.clean);
  EXPECT_EQ(read.label, "L");
  EXPECT_FALSE(read.size.has_value());
  EXPECT_TRUE(read.torn);
}

TEST(golden_flags, writes_zeros_for_absent_partners_of_a_shared_bit) {
  flags::closet closet;
  closet.open = true;
  closet.weight = 1.5;
  closet.dry = true;
  const bytes data = serialize(closet);
  const auto read = parse<flags::closet>(data);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->opened_at, 0);
  ASSERT_TRUE(read->paint);
  EXPECT_TRUE(read->paint->is<flags::colorBlue>());
  ASSERT_TRUE(read->best);
  EXPECT_FALSE(read->best->clean);
  EXPECT_EQ(serialize(*read), data);
  EXPECT_FALSE(read->shirts);
}

TEST(golden_sums, hold_one_constructor) {
  sums::pointBetween between;
  between.a = sums::pointAt{1.0, -2.0};
  between.b = sums::pointOrigin{};
  sums::drawing drawing;
  drawing.lines.emplace_back();
  drawing.lines[0].from = std::move(between);
  drawing.lines[0].to = sums::pointOrigin{};
  drawing.lines[0].title = "first";
  drawing.corner = sums::pointAt{0.5, 0.25};
  const sums::drawing read = round_trip(drawing);
  const auto* from = read.lines.at(0).from.get_if<sums::pointBetween>();
  ASSERT_NE(from, nullptr);
  EXPECT_EQ(from->a.as<sums::pointAt>().y, -2.0);
  EXPECT_TRUE(from->b.is<sums::pointOrigin>());
  EXPECT_EQ(read.corner.get_if<sums::pointOrigin>(), nullptr);
  EXPECT_EQ(read.corner.id(), sums::pointAt::tl_id);
  EXPECT_EQ(read.corner.name(), "pointAt");
}

TEST(golden_vectors, are_written_in_their_form) {
  vectors::hall hall;
  hall.open = {true, false};
  hall.prices = {1, -1};
  hall.names = {"a", "bcde"};
  hall.keys.push_back(bytes{1, 2, 3});
  hall.seats = {{1, 2}};
  hall.near = {{3, 4}, {5, 6}};
  hall.far = {{7, 8}};
  hall.tickets.emplace_back(vectors::ticketCode{"x"});
  hall.tickets.emplace_back(vectors::ticketPaper{{9, 10}});
  hall.rows = {{1}, {}, {2, 3}};
  hall.plan = {{{11, 12}}, {}};
  hall.extra = {13, 14};
  hall.first = {15, 16};
  const vectors::hall read = round_trip(hall);
  EXPECT_EQ(read.rows, hall.rows);
  EXPECT_EQ(read.near.at(1).number, 6);
  EXPECT_EQ(read.plan.at(0).at(0).row, 11);
  EXPECT_EQ(read.open, hall.open);
  // Bare: no vector id, no item id; two items of 8 bytes behind the count.
  EXPECT_EQ(serialize(hall).size(), 4 + (8 + 8) + (8 + 16) + (8 + 4 + 8) + (4 + 4) + (8 + 12) +
                                        (4 + 16) + (8 + 8) + (8 + 8 + 16) + (8 + 12 + 8 + 16) +
                                        (4 + 12 + 4) + 8U + 8U);
}

TEST(golden_methods, know_their_results) {
  static_assert(std::is_same_v<methods::ping::result, bool>);
  static_assert(std::is_same_v<methods::users::get::result, std::vector<methods::user>>);
  static_assert(std::is_same_v<methods::users::count::result, std::int32_t>);
  static_assert(std::is_same_v<methods::auth::signIn::result, methods::auth::session>);
  static_assert(std::is_same_v<methods::withLayer::result, mtfetch::tl::raw>);
  static_assert(std::is_same_v<methods::wait::result, void>);
  static_assert(mtfetch::tl::method<methods::ping> && !mtfetch::tl::method<methods::user>);
}

TEST(golden_methods, wrap_other_calls) {
  methods::auth::signIn call;
  call.code = methods::auth::code{"12345"};
  methods::withLayer outer;
  outer.layer = 228;
  outer.query = serialize(call);
  const bytes data = serialize(outer);
  const auto read = parse<methods::withLayer>(data);
  ASSERT_TRUE(read);
  const auto inner = parse<methods::auth::signIn>(read->query);
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->code.as<methods::auth::code>().digits, "12345");
}

TEST(golden_names, step_aside_for_what_cpp_has) {
  names::delete_ value;
  value.private_.flag = 1;
  value.private_.Flag = "f";
  value.public_ = true;
  value.long_ = 2;
  EXPECT_EQ(round_trip(value).private_.Flag, "f");
  names::updates::get call;
  call.updates = names::updates_{3};
  EXPECT_EQ(round_trip(call).updates.as<names::updates_>().count, 3);
}

TEST(golden_recursion, goes_through_a_box) {
  recursion::folder child;
  child.name = "child";
  child.parent.up = recursion::folder{"parent", {}};
  child.parent.below.emplace(2);
  const recursion::folder read = round_trip(child);
  ASSERT_TRUE(read.parent.up);
  EXPECT_EQ((*read.parent.up)->name, "parent");
  EXPECT_EQ(read.parent.below->size(), 2U);
}

TEST(golden_recursion, ends_at_the_depth_limit) {
  recursion::folder deep;
  for (int i = 0; i < 200; ++i) {
    recursion::folder outer;
    outer.parent.up = std::move(deep);
    deep = std::move(outer);
  }
  const auto read = parse<recursion::folder>(serialize(deep));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), mtfetch::protocol_errc::too_deep);
}

TEST(golden_raw, keeps_what_it_does_not_know) {
  raw::signed_ value;
  value.nonce[0] = 0;
  value.nonce[15] = 7;
  value.key[31] = 9;
  EXPECT_EQ(round_trip(value).nonce, value.nonce);
  raw::answer answer;
  answer.req_msg_id = 5;
  answer.result = serialize(value);
  EXPECT_EQ(round_trip(answer).result, mtfetch::shared_bytes(serialize(value)));
}

TEST(golden_table, finds_what_it_holds) {
  const mtfetch::tl::schema& s = table();
  EXPECT_EQ(s.find("hall").field_count(), 12U);
  EXPECT_EQ(s.find(flags::shirt::tl_id).name(), "shirt");
  EXPECT_EQ(s.find("folder").id(), recursion::folder::tl_id);
}

template <class T>
void expect_every_cut_fails(const T& value) {
  const bytes data = serialize(value);
  for (std::size_t size = 0; size < data.size(); ++size) {
    EXPECT_FALSE(parse<T>(byte_view(data).first(size))) << "cut at " << size;
  }
  bytes longer = data;
  longer.push_back(0);
  const auto read = parse<T>(longer);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), mtfetch::protocol_errc::trailing_bytes);
}

TEST(golden_readers, fail_at_every_cut) {
  flags::closet closet;
  closet.shirts.emplace(1);
  closet.shirts->front().label = "label";
  closet.paint = flags::colorBlue{};
  closet.key = bytes(600, 1);
  expect_every_cut_fails(closet);
  vectors::hall hall;
  hall.near = {{3, 4}};
  hall.tickets.emplace_back(vectors::ticketCode{"x"});
  hall.plan = {{{11, 12}}};
  expect_every_cut_fails(hall);
}

}  // namespace
}  // namespace golden
