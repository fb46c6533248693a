// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/recursion/piece_0.hpp>

#include "mtproto/tl/codec.hpp"

namespace golden::recursion {

void flags2::tl_read(::mtfetch::tl::reader& tl_in) {
  const std::uint32_t tl_flags = ::mtfetch::tl::get_flags(tl_in);
  if (tl_flags & 0x1U) ::mtfetch::tl::get(tl_in, up);
  if (tl_flags & 0x2U) ::mtfetch::tl::get(tl_in, below);
}

void flags2::tl_write(::mtfetch::tl::writer& tl_out) const {
  std::uint32_t tl_flags = 0;
  if (up.has_value()) tl_flags |= 0x1U;
  if (below.has_value()) tl_flags |= 0x2U;
  ::mtfetch::tl::put_flags(tl_out, tl_flags);
  if (up) ::mtfetch::tl::put(tl_out, **up);
  if (below) ::mtfetch::tl::put(tl_out, *below);
}

void folder::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, name);
  ::mtfetch::tl::get_as<::mtfetch::tl::as_bare>(tl_in, parent);
}

void folder::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, name);
  ::mtfetch::tl::put_as<::mtfetch::tl::as_bare>(tl_out, parent);
}

}  // namespace golden::recursion
