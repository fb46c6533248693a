// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include <golden/methods/classes.hpp>

namespace golden::methods {

/// user id:long name:string = User
struct user {
  static constexpr std::uint32_t tl_id = 0x338da493;
  static constexpr std::string_view tl_name{"user", 4};
  static constexpr std::size_t tl_min_size = 12;

  std::int64_t id = 0;
  std::string name;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// ping id:long = Bool
struct ping {
  static constexpr std::uint32_t tl_id = 0x87afae19;
  static constexpr std::string_view tl_name{"ping", 4};
  using result = bool;

  std::int64_t id = 0;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// withLayer {X:Type} layer:int query:!X = X
struct withLayer {
  static constexpr std::uint32_t tl_id = 0x91d8131e;
  static constexpr std::string_view tl_name{"withLayer", 9};
  using result = ::mtfetch::tl::raw;

  std::int32_t layer = 0;
  ::mtfetch::tl::raw query;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// wait delay:int = Waited
struct wait {
  static constexpr std::uint32_t tl_id = 0xb7a36a20;
  static constexpr std::string_view tl_name{"wait", 4};
  using result = void;

  std::int32_t delay = 0;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::methods

namespace golden::methods::auth {

/// auth.session id:long user:User = auth.Session
struct session {
  static constexpr std::uint32_t tl_id = 0xdcef3cd4;
  static constexpr std::string_view tl_name{"auth.session", 12};
  static constexpr std::size_t tl_min_size = 24;

  std::int64_t id = 0;
  ::golden::methods::user user;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// auth.code digits:string = auth.Code
struct code {
  static constexpr std::uint32_t tl_id = 0xc7974b64;
  static constexpr std::string_view tl_name{"auth.code", 9};
  using tl_class = ::golden::methods::auth::Code;
  static const ::mtfetch::tl::alternative tl_alternative;

  std::string digits;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// auth.codeNone = auth.Code
struct codeNone {
  static constexpr std::uint32_t tl_id = 0x51ff1bff;
  static constexpr std::string_view tl_name{"auth.codeNone", 13};
  using tl_class = ::golden::methods::auth::Code;
  static const ::mtfetch::tl::alternative tl_alternative;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// auth.signIn code:auth.Code = auth.Session
struct signIn {
  static constexpr std::uint32_t tl_id = 0x66805f02;
  static constexpr std::string_view tl_name{"auth.signIn", 11};
  using result = ::golden::methods::auth::session;

  ::golden::methods::auth::Code code;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// auth.report session:auth.Session result:string = Bool
struct report {
  static constexpr std::uint32_t tl_id = 0x01a0c5ff;
  static constexpr std::string_view tl_name{"auth.report", 11};
  using result = bool;

  ::golden::methods::auth::session session;
  std::string result_;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::methods::auth

namespace golden::methods::users {

/// users.get ids:Vector<long> = Vector<User>
struct get {
  static constexpr std::uint32_t tl_id = 0xcc742b3a;
  static constexpr std::string_view tl_name{"users.get", 9};
  using result = std::vector<::golden::methods::user>;

  std::vector<std::int64_t> ids;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

/// users.count flags:# all:flags.0?true = int
struct count {
  static constexpr std::uint32_t tl_id = 0x14a6a121;
  static constexpr std::string_view tl_name{"users.count", 11};
  using result = std::int32_t;

  bool all = false;

  void tl_read(::mtfetch::tl::reader& tl_in);
  void tl_write(::mtfetch::tl::writer& tl_out) const;
};

}  // namespace golden::methods::users

