// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/flags/classes.hpp>

namespace golden::flags {

/// colorBlue = Color
struct colorBlue {
  static constexpr std::uint32_t tl_id = 0x8fc89d38;
  static constexpr std::string_view tl_name{"colorBlue", 9};
  using tl_class = ::golden::flags::Color;
  static const ::mtfetch::tl::alternative tl_alternative;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// colorMixed left:Color right:Color = Color
struct colorMixed {
  static constexpr std::uint32_t tl_id = 0x62975d2a;
  static constexpr std::string_view tl_name{"colorMixed", 10};
  using tl_class = ::golden::flags::Color;
  static const ::mtfetch::tl::alternative tl_alternative;

  ::golden::flags::Color left;
  ::golden::flags::Color right;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// shirt flags:# clean:flags.0?true size:flags.1?int label:flags.2?string flags2:# torn:flags2.31?true owner:flags2.0?long = Shirt
struct shirt {
  static constexpr std::uint32_t tl_id = 0x36012989;
  static constexpr std::string_view tl_name{"shirt", 5};
  static constexpr std::size_t tl_min_size = 8;

  bool clean = false;
  std::optional<std::int32_t> size;
  std::optional<std::string> label;
  bool torn = false;
  std::optional<std::int64_t> owner;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// closet flags:# shirts:flags.0?Vector<Shirt> best:flags.1?Shirt dry:flags.1?Bool key:flags.2?bytes open:flags.3?true opened_at:flags.3?int paint:flags.4?Color weight:flags.4?double = Closet
struct closet {
  static constexpr std::uint32_t tl_id = 0xbf962003;
  static constexpr std::string_view tl_name{"closet", 6};
  static constexpr std::size_t tl_min_size = 4;

  ::mtfetch::tl::optional<std::vector<::golden::flags::shirt>> shirts;
  ::mtfetch::tl::optional<::golden::flags::shirt> best;
  std::optional<bool> dry;
  std::optional<::mtfetch::shared_bytes> key;
  bool open = false;
  std::optional<std::int32_t> opened_at;
  ::mtfetch::tl::optional<::golden::flags::Color> paint;
  std::optional<double> weight;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::flags

