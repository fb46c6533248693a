// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/names/classes.hpp>

namespace golden::names {

/// updates count:int = Updates
struct updates_ {
  static constexpr std::uint32_t tl_id = 0x86772f81;
  static constexpr std::string_view tl_name{"updates", 7};
  using tl_class = ::golden::names::Updates;
  static const ::mtfetch::tl::alternative tl_alternative;

  std::int32_t count = 0;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// updatesNone = Updates
struct updatesNone {
  static constexpr std::uint32_t tl_id = 0xdf5d1863;
  static constexpr std::string_view tl_name{"updatesNone", 11};
  using tl_class = ::golden::names::Updates;
  static const ::mtfetch::tl::alternative tl_alternative;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// flag flag:int Flag:string = Flag
struct flag {
  static constexpr std::uint32_t tl_id = 0x5883ce93;
  static constexpr std::string_view tl_name{"flag", 4};
  static constexpr std::size_t tl_min_size = 8;

  std::int32_t flag = 0;
  std::string Flag;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// delete private:flag flags:# public:flags.0?true long:flags.1?long = Delete
struct delete_ {
  static constexpr std::uint32_t tl_id = 0xacda78bc;
  static constexpr std::string_view tl_name{"delete", 6};
  static constexpr std::size_t tl_min_size = 12;

  ::golden::names::flag private_;
  bool public_ = false;
  std::optional<std::int64_t> long_;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::names

namespace golden::names::updates {

/// updates.state pts:int = updates.State
struct state {
  static constexpr std::uint32_t tl_id = 0x2f7d2c6f;
  static constexpr std::string_view tl_name{"updates.state", 13};
  static constexpr std::size_t tl_min_size = 4;

  std::int32_t pts = 0;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// updates.get updates:Updates = updates.State
struct get {
  static constexpr std::uint32_t tl_id = 0xa1378a3d;
  static constexpr std::string_view tl_name{"updates.get", 11};
  using result = ::golden::names::updates::state;

  ::golden::names::Updates updates;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::names::updates

