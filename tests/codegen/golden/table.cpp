// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/table.hpp>
#include <array>

namespace golden {
namespace {

namespace tables = ::mtfetch::tl::tables;
using ::mtfetch::tl::kind;

constexpr std::string_view pool(
    "foldernameparenthallopenpricesnameskeysseatsnearfarticketsrowsplanextrafirstticketPapersea"
    "tshirtflagscleansizelabelflags2tornownercolorMixedleftrightrownumbercolorBlueclosetshirtsb"
    "estdrykeyopened_atpaintweightticketCodecodeupbelowClosetColorFlags2FolderHallSeatShirtTick"
    "et"
    , 272);

constexpr std::array<tables::constructor, 10> constructors = {{
    {0x2ce62252, {0, 6}, {kind::boxed, 0, 3}, 0, 2, false},
    {0x2df323d9, {16, 4}, {kind::boxed, 0, 4}, 2, 12, false},
    {0x3094a6c1, {76, 11}, {kind::boxed, 0, 7}, 14, 1, false},
    {0x36012989, {91, 5}, {kind::boxed, 0, 6}, 15, 7, false},
    {0x62975d2a, {130, 10}, {kind::boxed, 0, 1}, 22, 2, false},
    {0x7eb67864, {87, 4}, {kind::boxed, 0, 5}, 24, 2, false},
    {0x8fc89d38, {158, 9}, {kind::boxed, 0, 1}, 26, 0, false},
    {0xbf962003, {167, 6}, {kind::boxed, 0, 0}, 26, 9, false},
    {0xe0b65aa9, {209, 10}, {kind::boxed, 0, 7}, 35, 1, false},
    {0xe4abaf00, {115, 6}, {kind::boxed, 0, 2}, 36, 3, false},
}};

constexpr std::array<tables::field, 39> fields = {{
    {{6, 4}, {kind::string, 0, 0}},
    {{10, 6}, {kind::bare, 0, 9}},
    {{20, 4}, {kind::boolean, 1, 0}},
    {{24, 6}, {kind::int64, 1, 0}},
    {{30, 5}, {kind::string, 1, 0}},
    {{35, 4}, {kind::bytes, 2, 0}},
    {{39, 5}, {kind::boxed, 1, 5}},
    {{44, 4}, {kind::bare, 2, 5}},
    {{48, 3}, {kind::bare, 1, 5}},
    {{51, 7}, {kind::boxed, 1, 7}},
    {{58, 4}, {kind::int32, 5, 0}},
    {{62, 4}, {kind::bare, 10, 5}},
    {{66, 5}, {kind::bare, 0, 5}},
    {{71, 5}, {kind::bare, 0, 5}},
    {{87, 4}, {kind::boxed, 0, 5}},
    {{96, 5}, {kind::flags, 0, 0}},
    {{101, 5}, {kind::present, 0, 0}, 0, 0},
    {{106, 4}, {kind::int32, 0, 0}, 0, 1},
    {{110, 5}, {kind::string, 0, 0}, 0, 2},
    {{115, 6}, {kind::flags, 0, 0}},
    {{121, 4}, {kind::present, 0, 0}, 1, 31},
    {{125, 5}, {kind::int64, 0, 0}, 1, 0},
    {{140, 4}, {kind::boxed, 0, 1}},
    {{144, 5}, {kind::boxed, 0, 1}},
    {{149, 3}, {kind::int32, 0, 0}},
    {{152, 6}, {kind::int32, 0, 0}},
    {{96, 5}, {kind::flags, 0, 0}},
    {{173, 6}, {kind::boxed, 1, 6}, 0, 0},
    {{179, 4}, {kind::boxed, 0, 6}, 0, 1},
    {{183, 3}, {kind::boolean, 0, 0}, 0, 1},
    {{186, 3}, {kind::bytes, 0, 0}, 0, 2},
    {{20, 4}, {kind::present, 0, 0}, 0, 3},
    {{189, 9}, {kind::int32, 0, 0}, 0, 3},
    {{198, 5}, {kind::boxed, 0, 1}, 0, 4},
    {{203, 6}, {kind::float64, 0, 0}, 0, 4},
    {{219, 4}, {kind::string, 0, 0}},
    {{96, 5}, {kind::flags, 0, 0}},
    {{223, 2}, {kind::boxed, 0, 3}, 0, 0},
    {{225, 5}, {kind::boxed, 1, 3}, 0, 1},
}};

constexpr std::array<tables::class_, 8> classes = {{
    {{230, 6}, 0, 1},
    {{236, 5}, 1, 2},
    {{241, 6}, 3, 1},
    {{247, 6}, 4, 1},
    {{253, 4}, 5, 1},
    {{257, 4}, 6, 1},
    {{261, 5}, 7, 1},
    {{266, 6}, 8, 2},
}};

constexpr std::array<std::uint16_t, 10> members = {{
    7,
    4,
    6,
    9,
    0,
    1,
    5,
    3,
    2,
    8,
}};

constexpr std::array<std::uint16_t, 10> by_name = {{
    7,
    6,
    4,
    9,
    0,
    1,
    5,
    3,
    8,
    2,
}};

constexpr ::mtfetch::tl::schema_tables all = {pool,    constructors, fields,
                                              classes, members,      by_name};

}  // namespace

const ::mtfetch::tl::schema& table() {
  static const ::mtfetch::tl::schema whole(all, 0);
  return whole;
}

}  // namespace golden
