// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/methods/piece_0.hpp>

#include "mtproto/tl/codec.hpp"

namespace golden::methods {

void user::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, id);
  ::mtfetch::tl::get(tl_in, name);
}

void user::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, id);
  ::mtfetch::tl::put(tl_out, name);
}

void ping::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, id);
}

void ping::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, id);
}

void withLayer::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, layer);
  ::mtfetch::tl::get_rest(tl_in, query);
}

void withLayer::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, layer);
  ::mtfetch::tl::put_rest(tl_out, query);
}

void wait::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, delay);
}

void wait::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, delay);
}

void auth::session::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, id);
  ::mtfetch::tl::get(tl_in, user);
}

void auth::session::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, id);
  ::mtfetch::tl::put(tl_out, user);
}

void auth::code::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, digits);
}

void auth::code::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, digits);
}

const ::mtfetch::tl::alternative auth::code::tl_alternative = ::mtfetch::tl::alternative_of<::golden::methods::auth::code>();

void auth::codeNone::tl_read(::mtfetch::tl::reader&) {
}

void auth::codeNone::tl_write(::mtfetch::tl::writer&) const {
}

const ::mtfetch::tl::alternative auth::codeNone::tl_alternative = ::mtfetch::tl::alternative_of<::golden::methods::auth::codeNone>();

void auth::signIn::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, code);
}

void auth::signIn::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, code);
}

void auth::report::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, session);
  ::mtfetch::tl::get(tl_in, result_);
}

void auth::report::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, session);
  ::mtfetch::tl::put(tl_out, result_);
}

void users::get::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, ids);
}

void users::get::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, ids);
}

void users::count::tl_read(::mtfetch::tl::reader& tl_in) {
  const std::uint32_t tl_flags = ::mtfetch::tl::get_flags(tl_in);
  all = (tl_flags & 0x1U) != 0;
}

void users::count::tl_write(::mtfetch::tl::writer& tl_out) const {
  std::uint32_t tl_flags = 0;
  if (all) tl_flags |= 0x1U;
  ::mtfetch::tl::put_flags(tl_out, tl_flags);
}

namespace {
const ::mtfetch::tl::alternative* const members_2[] = {
    &auth::codeNone::tl_alternative,
    &auth::code::tl_alternative,
};
}  // namespace

const ::mtfetch::tl::class_info auth::Code::tl_info = {"auth.Code", members_2};

}  // namespace golden::methods
