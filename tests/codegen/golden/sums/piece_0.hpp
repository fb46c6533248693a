// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/sums/classes.hpp>

namespace golden::sums {

/// pointOrigin = Point
struct pointOrigin {
  static constexpr std::uint32_t tl_id = 0x0b28b1f8;
  static constexpr std::string_view tl_name{"pointOrigin", 11};
  using tl_class = ::golden::sums::Point;
  static const ::mtfetch::tl::alternative tl_alternative;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// pointAt x:double y:double = Point
struct pointAt {
  static constexpr std::uint32_t tl_id = 0xf570a8e6;
  static constexpr std::string_view tl_name{"pointAt", 7};
  using tl_class = ::golden::sums::Point;
  static const ::mtfetch::tl::alternative tl_alternative;

  double x = 0;
  double y = 0;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// pointBetween a:Point b:Point = Point
struct pointBetween {
  static constexpr std::uint32_t tl_id = 0xe0af7078;
  static constexpr std::string_view tl_name{"pointBetween", 12};
  using tl_class = ::golden::sums::Point;
  static const ::mtfetch::tl::alternative tl_alternative;

  ::golden::sums::Point a;
  ::golden::sums::Point b;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// line from:Point to:Point title:string = Line
struct line {
  static constexpr std::uint32_t tl_id = 0x11e7b4ea;
  static constexpr std::string_view tl_name{"line", 4};
  static constexpr std::size_t tl_min_size = 12;

  ::golden::sums::Point from;
  ::golden::sums::Point to;
  std::string title;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// true = True
struct true_ {
  static constexpr std::uint32_t tl_id = 0x3fedd339;
  static constexpr std::string_view tl_name{"true", 4};
  static constexpr std::size_t tl_min_size = 0;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// drawing lines:Vector<Line> corner:Point = Drawing
struct drawing {
  static constexpr std::uint32_t tl_id = 0x697907d5;
  static constexpr std::string_view tl_name{"drawing", 7};
  static constexpr std::size_t tl_min_size = 12;

  std::vector<::golden::sums::line> lines;
  ::golden::sums::Point corner;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::sums

