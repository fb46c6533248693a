// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/names/piece_0.hpp>

#include "mtproto/tl/codec.hpp"

namespace golden::names {

void updates_::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, count);
}

void updates_::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, count);
}

const ::mtfetch::tl::alternative updates_::tl_alternative = ::mtfetch::tl::alternative_of<::golden::names::updates_>();

void updatesNone::tl_read(::mtfetch::tl::reader&) {
}

void updatesNone::tl_write(::mtfetch::tl::writer&) const {
}

const ::mtfetch::tl::alternative updatesNone::tl_alternative = ::mtfetch::tl::alternative_of<::golden::names::updatesNone>();

void flag::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, flag);
  ::mtfetch::tl::get(tl_in, Flag);
}

void flag::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, flag);
  ::mtfetch::tl::put(tl_out, Flag);
}

void delete_::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get_as<::mtfetch::tl::as_bare>(tl_in, private_);
  const std::uint32_t tl_flags = ::mtfetch::tl::get_flags(tl_in);
  public_ = (tl_flags & 0x1U) != 0;
  if (tl_flags & 0x2U) ::mtfetch::tl::get(tl_in, long_);
}

void delete_::tl_write(::mtfetch::tl::writer& tl_out) const {
  std::uint32_t tl_flags = 0;
  if (public_) tl_flags |= 0x1U;
  if (long_.has_value()) tl_flags |= 0x2U;
  ::mtfetch::tl::put_as<::mtfetch::tl::as_bare>(tl_out, private_);
  ::mtfetch::tl::put_flags(tl_out, tl_flags);
  if (long_) ::mtfetch::tl::put(tl_out, *long_);
}

void updates::state::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, pts);
}

void updates::state::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, pts);
}

void updates::get::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, updates);
}

void updates::get::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, updates);
}

namespace {
const ::mtfetch::tl::alternative* const members_0[] = {
    &updates_::tl_alternative,
    &updatesNone::tl_alternative,
};
}  // namespace

const ::mtfetch::tl::class_info Updates::tl_info = {"Updates", members_0};

}  // namespace golden::names
