// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/vectors/classes.hpp>

namespace golden::vectors {

/// seat row:int number:int = Seat
struct seat {
  static constexpr std::uint32_t tl_id = 0x7eb67864;
  static constexpr std::string_view tl_name{"seat", 4};
  static constexpr std::size_t tl_min_size = 8;

  std::int32_t row = 0;
  std::int32_t number = 0;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// ticketPaper seat:Seat = Ticket
struct ticketPaper {
  static constexpr std::uint32_t tl_id = 0x3094a6c1;
  static constexpr std::string_view tl_name{"ticketPaper", 11};
  using tl_class = ::golden::vectors::Ticket;
  static const ::mtfetch::tl::alternative tl_alternative;

  ::golden::vectors::seat seat;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// ticketCode code:string = Ticket
struct ticketCode {
  static constexpr std::uint32_t tl_id = 0xe0b65aa9;
  static constexpr std::string_view tl_name{"ticketCode", 10};
  using tl_class = ::golden::vectors::Ticket;
  static const ::mtfetch::tl::alternative tl_alternative;

  std::string code;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// hall open:Vector<Bool> prices:Vector<long> names:Vector<string> keys:vector<bytes> seats:Vector<Seat> near:vector<%seat> far:Vector<seat> tickets:Vector<Ticket> rows:Vector<Vector<int>> plan:vector<vector<%Seat>> extra:%Seat first:seat = Hall
struct hall {
  static constexpr std::uint32_t tl_id = 0x2df323d9;
  static constexpr std::string_view tl_name{"hall", 4};
  static constexpr std::size_t tl_min_size = 84;

  std::vector<bool> open;
  std::vector<std::int64_t> prices;
  std::vector<std::string> names;
  std::vector<::mtfetch::shared_bytes> keys;
  std::vector<::golden::vectors::seat> seats;
  std::vector<::golden::vectors::seat> near;
  std::vector<::golden::vectors::seat> far;
  std::vector<::golden::vectors::Ticket> tickets;
  std::vector<std::vector<std::int32_t>> rows;
  std::vector<std::vector<::golden::vectors::seat>> plan;
  ::golden::vectors::seat extra;
  ::golden::vectors::seat first;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::vectors

