// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/raw/classes.hpp>

namespace golden::raw {

/// signed nonce:int128 key:int256 = Signed
struct signed_ {
  static constexpr std::uint32_t tl_id = 0x76460658;
  static constexpr std::string_view tl_name{"signed", 6};
  static constexpr std::size_t tl_min_size = 48;

  ::mtfetch::tl::int128 nonce{};
  ::mtfetch::tl::int256 key{};

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// gzip_packed packed_data:bytes = Object
struct gzip_packed {
  static constexpr std::uint32_t tl_id = 0x3072cfa1;
  static constexpr std::string_view tl_name{"gzip_packed", 11};
  static constexpr std::size_t tl_min_size = 4;

  ::mtfetch::shared_bytes packed_data;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// answer req_msg_id:long result:Object = Answer
struct answer {
  static constexpr std::uint32_t tl_id = 0xc10835bc;
  static constexpr std::string_view tl_name{"answer", 6};
  static constexpr std::size_t tl_min_size = 8;

  std::int64_t req_msg_id = 0;
  ::mtfetch::tl::raw result;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::raw

