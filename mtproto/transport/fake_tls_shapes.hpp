// SPDX-License-Identifier: BSL-1.0
// What the ClientHello of a browser looks like, as data: a new browser is taken up here alone.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace mtfetch::transport {

/// One field of a ClientHello.
struct hello_field {
  enum class kind {
    hex,         ///< constant bytes: `text`; blanks are for the reader
    begin,       ///< a length of `size` bytes, of all up to its `end`
    end,         ///<
    digest,      ///< 32 bytes: the place of the client's random, zeros until it is computed
    random,      ///< `size` random bytes
    random_run,  ///< `size` random bytes, or 1, 2 or 3 times `step` more
    grease,      ///< the two bytes of GREASE value number `size` (RFC 8701)
    domain,      ///< the server's name
    x25519,      ///< a public key of 32 bytes
    mlkem768,    ///< an encapsulation key of 1184 bytes (FIPS 203)
    shuffle,     ///< begins a group of parts that are put in random order
    part,        ///< begins a part of it; the group ends with `end`
    pad_to,      ///< a padding extension (RFC 7685) if the record would be smaller than `size`
  };
  kind what;
  std::size_t size = 0;
  std::string_view text = {};
  std::size_t step = 0;
};

using hello_shape = std::span<const hello_field>;

namespace shapes {

using enum hello_field::kind;

constexpr hello_field bytes_of(std::string_view text) {
  return {hex, 0, text};
}
inline constexpr hello_field length1{begin, 1};
inline constexpr hello_field length2{begin, 2};
inline constexpr hello_field length3{begin, 3};
inline constexpr hello_field done{end};

// GREASE values that must agree or differ: 2 and 3 are never the same.
inline constexpr hello_field grease_cipher{grease, 0};
inline constexpr hello_field grease_first{grease, 2};
inline constexpr hello_field grease_last{grease, 3};
inline constexpr hello_field grease_group{grease, 4};
inline constexpr hello_field grease_version{grease, 6};

/// Rows one behind the other.
template <std::size_t... Sizes>
constexpr auto joined(const std::array<hello_field, Sizes>&... rows) {
  std::array<hello_field, (Sizes + ...)> out{};
  std::size_t at = 0;
  const auto take = [&](const auto& some) {
    for (const hello_field& one : some) out[at++] = one;
  };
  (take(rows), ...);
  return out;
}

// A line is an extension.
// clang-format off

// ---- rows that browsers have had for years

/// Record, hello, cipher suites; the list of extensions begins, and the group in random order.
inline constexpr auto opening = std::to_array<hello_field>({
    bytes_of("16 0301"), length2, bytes_of("01"), length3, bytes_of("0303"),
    {digest},
    bytes_of("20"), {random, 32},
    length2, grease_cipher,
    bytes_of("1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"), done,
    bytes_of("01 00"),
    length2,
    grease_first, bytes_of("0000"),
    {shuffle},
});
inline constexpr auto server_name = std::to_array<hello_field>({
    {part}, bytes_of("0000"), length2, length2, bytes_of("00"), length2, {domain}, done, done, done,
    {part}, bytes_of("0005 0005 01 0000 0000"),
});
inline constexpr auto formats_to_versions = std::to_array<hello_field>({
    {part}, bytes_of("000b 0002 0100"),
    {part}, bytes_of("000d 0012 0010 0403 0804 0401 0503 0805 0501 0806 0601"),
    {part}, bytes_of("0010 000e 000c 02 6832 08 687474702f312e31"),  // h2, http/1.1
    {part}, bytes_of("0012 0000"),
    {part}, bytes_of("0017 0000"),
    {part}, bytes_of("001b 0003 02 0002"),
    {part}, bytes_of("0023 0000"),
    {part}, bytes_of("002b"), length2, length1, grease_version, bytes_of("0304 0303"), done, done,
    {part}, bytes_of("002d 0002 01 01"),
});
/// The last of the group, and what stands behind it.
inline constexpr auto closing = std::to_array<hello_field>({
    {part}, bytes_of("ff01 0001 00"),
    done,
    grease_last, bytes_of("0001 00"),
    {pad_to, 517},
    done, done, done,
});

// ---- the browsers

/// The record of 517 bytes that browsers sent until 2024: every MTProxy takes it, and censors know
/// it, since browsers no longer send it.
inline constexpr auto classic = joined(
    opening,
    server_name,
    std::to_array<hello_field>({
        {part}, bytes_of("000a"), length2, length2,
                grease_group, bytes_of("001d 0017 0018"), done, done,
    }),
    formats_to_versions,
    std::to_array<hello_field>({
        {part}, bytes_of("0033"), length2, length2,
                grease_group, bytes_of("0001 00"),
                bytes_of("001d 0020"), {x25519}, done, done,
        {part}, bytes_of("4469 0005 0003 02 6832"),
    }),
    closing);

/// A browser of 2025: a share of X25519MLKEM768, and encrypted ClientHello as GREASE; about 1.7 KB.
inline constexpr auto current = joined(
    opening,
    server_name,
    std::to_array<hello_field>({
        {part}, bytes_of("000a"), length2, length2,
                grease_group, bytes_of("11ec 001d 0017 0018"), done, done,
    }),
    formats_to_versions,
    std::to_array<hello_field>({
        {part}, bytes_of("0033"), length2, length2,
                grease_group, bytes_of("0001 00"),
                bytes_of("11ec"), length2, {mlkem768}, {x25519}, done,
                bytes_of("001d 0020"), {x25519}, done, done,
        {part}, bytes_of("44cd 0005 0003 02 6832"),
        {part}, bytes_of("fe0d"), length2, bytes_of("00 0001 0001"), {random, 1},
                bytes_of("0020"), {x25519}, length2, {random_run, 144, {}, 32}, done, done,
    }),
    closing);

// clang-format on

}  // namespace shapes
}  // namespace mtfetch::transport
