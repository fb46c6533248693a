// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/one_of.hpp"

namespace golden::vectors {

using ::mtfetch::tl::operator==;
struct seat;
struct ticketPaper;
struct ticketCode;
struct hall;
class Ticket;

}  // namespace golden::vectors

namespace golden::vectors {

using Seat = ::golden::vectors::seat;
using Hall = ::golden::vectors::hall;

}  // namespace golden::vectors

namespace golden::vectors {

/// One of: ticketPaper, ticketCode
class Ticket : public ::mtfetch::tl::one_of<Ticket> {
 public:
  using one_of::one_of;
  static const ::mtfetch::tl::class_info tl_info;
};

}  // namespace golden::vectors
