// SPDX-License-Identifier: BSL-1.0
// Whole values to and from bytes: generated types, and the basic types that methods also give.
#pragma once

#include "mtfetch/result.hpp"
#include "mtproto/tl/codec.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {

/// Appends a value in its boxed form. Throws std::logic_error for a value that holds an empty sum,
/// and std::length_error for a string of 16 MiB or more.
template <class T>
void write_boxed(writer& out, const T& value) {
  if constexpr (std::same_as<T, raw>) {
    out.raw(value);
  } else {
    put(out, value);
  }
}

/// Reads a value in its boxed form; errors stay in the reader, whose value then is of no use. A
/// `raw` takes all that is left.
template <class T>
T read_boxed(reader& in) {
  if constexpr (std::same_as<T, raw>) {
    return in.rest_shared();
  } else {
    T value{};
    get(in, value);
    return value;
  }
}

/// A value in its boxed form: a constructor, a class, a method; also bool, std::int32_t,
/// std::int64_t, std::string and vectors of all these.
template <class T>
bytes serialize(const T& value) {
  bytes data;
  writer out(data);
  write_boxed(out, value);
  return data;
}

/// A whole value: data left behind it is an error (`trailing_bytes`). With the owner that keeps the
/// data alive, long `bytes` of the value are slices of it.
template <class T>
result<T> parse(byte_view data, std::shared_ptr<const void> owner = {}) {
  reader in(data, std::move(owner));
  T value = read_boxed<T>(in);
  if (!in.error() && in.remaining() != 0) in.fail(protocol_errc::trailing_bytes);
  if (in.error()) return in.error();
  return value;
}

/// A copy of a move-only value. Throws as write_boxed does.
template <class T>
T clone(const T& value) {
  const bytes data = serialize(value);
  reader in(data, {}, reader_limits{0xffffffff});
  return read_boxed<T>(in);
}

}  // namespace mtfetch::tl
