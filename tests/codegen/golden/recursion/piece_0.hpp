// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/recursion/classes.hpp>

namespace golden::recursion {

/// flags2 flags:# up:flags.0?Folder below:flags.1?Vector<Folder> = Flags2
struct flags2 {
  static constexpr std::uint32_t tl_id = 0xe4abaf00;
  static constexpr std::string_view tl_name{"flags2", 6};
  static constexpr std::size_t tl_min_size = 4;

  ::mtfetch::tl::optional<::mtfetch::tl::boxed<::golden::recursion::folder>> up;
  ::mtfetch::tl::optional<std::vector<::golden::recursion::folder>> below;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// folder name:string parent:flags2 = Folder
struct folder {
  static constexpr std::uint32_t tl_id = 0x2ce62252;
  static constexpr std::string_view tl_name{"folder", 6};
  static constexpr std::size_t tl_min_size = 8;

  std::string name;
  ::golden::recursion::flags2 parent;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::recursion

