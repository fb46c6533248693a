// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/sums/piece_0.hpp>

#include "mtproto/tl/codec.hpp"

namespace golden::sums {

void pointOrigin::tl_read(::mtfetch::tl::reader&) {
}

void pointOrigin::tl_write(::mtfetch::tl::writer&) const {
}

const ::mtfetch::tl::alternative pointOrigin::tl_alternative = ::mtfetch::tl::alternative_of<::golden::sums::pointOrigin>();

void pointAt::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, x);
  ::mtfetch::tl::get(tl_in, y);
}

void pointAt::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, x);
  ::mtfetch::tl::put(tl_out, y);
}

const ::mtfetch::tl::alternative pointAt::tl_alternative = ::mtfetch::tl::alternative_of<::golden::sums::pointAt>();

void pointBetween::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, a);
  ::mtfetch::tl::get(tl_in, b);
}

void pointBetween::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, a);
  ::mtfetch::tl::put(tl_out, b);
}

const ::mtfetch::tl::alternative pointBetween::tl_alternative = ::mtfetch::tl::alternative_of<::golden::sums::pointBetween>();

void line::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, from);
  ::mtfetch::tl::get(tl_in, to);
  ::mtfetch::tl::get(tl_in, title);
}

void line::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, from);
  ::mtfetch::tl::put(tl_out, to);
  ::mtfetch::tl::put(tl_out, title);
}

void true_::tl_read(::mtfetch::tl::reader&) {
}

void true_::tl_write(::mtfetch::tl::writer&) const {
}

void drawing::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, lines);
  ::mtfetch::tl::get(tl_in, corner);
}

void drawing::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, lines);
  ::mtfetch::tl::put(tl_out, corner);
}

namespace {
const ::mtfetch::tl::alternative* const members_0[] = {
    &pointOrigin::tl_alternative,
    &pointBetween::tl_alternative,
    &pointAt::tl_alternative,
};
}  // namespace

const ::mtfetch::tl::class_info Point::tl_info = {"Point", members_0};

}  // namespace golden::sums
