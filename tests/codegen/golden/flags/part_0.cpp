// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/flags/piece_0.hpp>

#include "mtproto/tl/codec.hpp"

namespace golden::flags {

void colorBlue::tl_read(::mtfetch::tl::reader&) {
}

void colorBlue::tl_write(::mtfetch::tl::writer&) const {
}

const ::mtfetch::tl::alternative colorBlue::tl_alternative = ::mtfetch::tl::alternative_of<::golden::flags::colorBlue>();

void colorMixed::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, left);
  ::mtfetch::tl::get(tl_in, right);
}

void colorMixed::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, left);
  ::mtfetch::tl::put(tl_out, right);
}

const ::mtfetch::tl::alternative colorMixed::tl_alternative = ::mtfetch::tl::alternative_of<::golden::flags::colorMixed>();

void shirt::tl_read(::mtfetch::tl::reader& tl_in) {
  const std::uint32_t tl_flags = ::mtfetch::tl::get_flags(tl_in);
  clean = (tl_flags & 0x1U) != 0;
  if (tl_flags & 0x2U) ::mtfetch::tl::get(tl_in, size);
  if (tl_flags & 0x4U) ::mtfetch::tl::get(tl_in, label);
  const std::uint32_t tl_flags2 = ::mtfetch::tl::get_flags(tl_in);
  torn = (tl_flags2 & 0x80000000U) != 0;
  if (tl_flags2 & 0x1U) ::mtfetch::tl::get(tl_in, owner);
}

void shirt::tl_write(::mtfetch::tl::writer& tl_out) const {
  std::uint32_t tl_flags = 0;
  if (clean) tl_flags |= 0x1U;
  if (size.has_value()) tl_flags |= 0x2U;
  if (label.has_value()) tl_flags |= 0x4U;
  std::uint32_t tl_flags2 = 0;
  if (owner.has_value()) tl_flags2 |= 0x1U;
  if (torn) tl_flags2 |= 0x80000000U;
  ::mtfetch::tl::put_flags(tl_out, tl_flags);
  if (size) ::mtfetch::tl::put(tl_out, *size);
  if (label) ::mtfetch::tl::put(tl_out, *label);
  ::mtfetch::tl::put_flags(tl_out, tl_flags2);
  if (owner) ::mtfetch::tl::put(tl_out, *owner);
}

void closet::tl_read(::mtfetch::tl::reader& tl_in) {
  const std::uint32_t tl_flags = ::mtfetch::tl::get_flags(tl_in);
  if (tl_flags & 0x1U) ::mtfetch::tl::get(tl_in, shirts);
  if (tl_flags & 0x2U) ::mtfetch::tl::get(tl_in, best);
  if (tl_flags & 0x2U) ::mtfetch::tl::get(tl_in, dry);
  if (tl_flags & 0x4U) ::mtfetch::tl::get(tl_in, key);
  open = (tl_flags & 0x8U) != 0;
  if (tl_flags & 0x8U) ::mtfetch::tl::get(tl_in, opened_at);
  if (tl_flags & 0x10U) ::mtfetch::tl::get(tl_in, paint);
  if (tl_flags & 0x10U) ::mtfetch::tl::get(tl_in, weight);
}

void closet::tl_write(::mtfetch::tl::writer& tl_out) const {
  std::uint32_t tl_flags = 0;
  if (shirts.has_value()) tl_flags |= 0x1U;
  if (best.has_value() || dry.has_value()) tl_flags |= 0x2U;
  if (key.has_value()) tl_flags |= 0x4U;
  if (open || opened_at.has_value()) tl_flags |= 0x8U;
  if (paint.has_value() || weight.has_value()) tl_flags |= 0x10U;
  ::mtfetch::tl::put_flags(tl_out, tl_flags);
  if (shirts) ::mtfetch::tl::put(tl_out, *shirts);
  if (best) {
    ::mtfetch::tl::put(tl_out, *best);
  } else if (tl_flags & 0x2U) {
    ::mtfetch::tl::put(tl_out, ::golden::flags::shirt{});
  }
  if (dry) {
    ::mtfetch::tl::put(tl_out, *dry);
  } else if (tl_flags & 0x2U) {
    ::mtfetch::tl::put(tl_out, bool{});
  }
  if (key) ::mtfetch::tl::put(tl_out, *key);
  if (opened_at) {
    ::mtfetch::tl::put(tl_out, *opened_at);
  } else if (tl_flags & 0x8U) {
    ::mtfetch::tl::put(tl_out, std::int32_t{});
  }
  if (paint) {
    ::mtfetch::tl::put(tl_out, *paint);
  } else if (tl_flags & 0x10U) {
    ::mtfetch::tl::put(tl_out, ::golden::flags::Color(::golden::flags::colorBlue{}));
  }
  if (weight) {
    ::mtfetch::tl::put(tl_out, *weight);
  } else if (tl_flags & 0x10U) {
    ::mtfetch::tl::put(tl_out, double{});
  }
}

namespace {
const ::mtfetch::tl::alternative* const members_0[] = {
    &colorMixed::tl_alternative,
    &colorBlue::tl_alternative,
};
}  // namespace

const ::mtfetch::tl::class_info Color::tl_info = {"Color", members_0};

}  // namespace golden::flags
