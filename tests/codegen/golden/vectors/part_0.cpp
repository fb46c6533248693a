// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/vectors/piece_0.hpp>

#include "mtproto/tl/codec.hpp"

namespace golden::vectors {

void seat::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, row);
  ::mtfetch::tl::get(tl_in, number);
}

void seat::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, row);
  ::mtfetch::tl::put(tl_out, number);
}

void ticketPaper::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, seat);
}

void ticketPaper::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, seat);
}

const ::mtfetch::tl::alternative ticketPaper::tl_alternative = ::mtfetch::tl::alternative_of<::golden::vectors::ticketPaper>();

void ticketCode::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, code);
}

void ticketCode::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, code);
}

const ::mtfetch::tl::alternative ticketCode::tl_alternative = ::mtfetch::tl::alternative_of<::golden::vectors::ticketCode>();

void hall::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, open);
  ::mtfetch::tl::get(tl_in, prices);
  ::mtfetch::tl::get(tl_in, names);
  ::mtfetch::tl::get_as<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_boxed>>(tl_in, keys);
  ::mtfetch::tl::get(tl_in, seats);
  ::mtfetch::tl::get_as<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_bare>>(tl_in, near);
  ::mtfetch::tl::get_as<::mtfetch::tl::as_vector<::mtfetch::tl::as_bare>>(tl_in, far);
  ::mtfetch::tl::get(tl_in, tickets);
  ::mtfetch::tl::get(tl_in, rows);
  ::mtfetch::tl::get_as<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_bare>>>(tl_in, plan);
  ::mtfetch::tl::get_as<::mtfetch::tl::as_bare>(tl_in, extra);
  ::mtfetch::tl::get_as<::mtfetch::tl::as_bare>(tl_in, first);
}

void hall::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, open);
  ::mtfetch::tl::put(tl_out, prices);
  ::mtfetch::tl::put(tl_out, names);
  ::mtfetch::tl::put_as<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_boxed>>(tl_out, keys);
  ::mtfetch::tl::put(tl_out, seats);
  ::mtfetch::tl::put_as<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_bare>>(tl_out, near);
  ::mtfetch::tl::put_as<::mtfetch::tl::as_vector<::mtfetch::tl::as_bare>>(tl_out, far);
  ::mtfetch::tl::put(tl_out, tickets);
  ::mtfetch::tl::put(tl_out, rows);
  ::mtfetch::tl::put_as<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_bare_vector<::mtfetch::tl::as_bare>>>(tl_out, plan);
  ::mtfetch::tl::put_as<::mtfetch::tl::as_bare>(tl_out, extra);
  ::mtfetch::tl::put_as<::mtfetch::tl::as_bare>(tl_out, first);
}

namespace {
const ::mtfetch::tl::alternative* const members_1[] = {
    &ticketPaper::tl_alternative,
    &ticketCode::tl_alternative,
};
}  // namespace

const ::mtfetch::tl::class_info Ticket::tl_info = {"Ticket", members_1};

}  // namespace golden::vectors
