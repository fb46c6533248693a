// SPDX-License-Identifier: BSL-1.0
// Reading and writing the fields of generated types. Only generated sources and object.hpp use it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mtproto/tl/one_of.hpp"
#include "mtproto/tl/optional.hpp"

namespace mtfetch::tl {

// What generated sources are made of. Reader and writer are only named here, and nothing is inline:
// these are called thousands of times, and the size of code and headers is what compiling costs.
void get(reader& in, std::int32_t& value);
void get(reader& in, std::int64_t& value);
void get(reader& in, double& value);
void get(reader& in, bool& value);
void get(reader& in, int128& value);
void get(reader& in, int256& value);
void get(reader& in, std::string& value);
void get(reader& in, shared_bytes& value);
void get(reader& in, std::vector<bool>& value);
void get(reader& in, std::optional<std::int32_t>& value);
void get(reader& in, std::optional<std::int64_t>& value);
void get(reader& in, std::optional<double>& value);
void get(reader& in, std::optional<bool>& value);
void get(reader& in, std::optional<int128>& value);
void get(reader& in, std::optional<int256>& value);
void get(reader& in, std::optional<std::string>& value);
void get(reader& in, std::optional<shared_bytes>& value);
void get_rest(reader& in, raw& value);
std::uint32_t get_flags(reader& in);

void put(writer& out, std::int32_t value);
void put(writer& out, std::int64_t value);
void put(writer& out, double value);
void put(writer& out, bool value);
void put(writer& out, const int128& value);
void put(writer& out, const int256& value);
void put(writer& out, const std::string& value);
void put(writer& out, const shared_bytes& value);
void put(writer& out, const std::vector<bool>& value);

void put_rest(writer& out, const raw& value);
void put_flags(writer& out, std::uint32_t value);
void put_id(writer& out, std::uint32_t id);

/// Consumes the id of a boxed constructor and enters it; false, and an error, when it is another.
bool open(reader& in, std::uint32_t id);
/// Enters a constructor that has no id.
bool open_bare(reader& in);
void close(reader& in);
/// Consumes the id of a boxed vector; false, and an error, when it is another.
bool open_vector(reader& in);
std::size_t get_count(reader& in, std::size_t least_item_size);
void put_vector_head(writer& out, std::size_t count);
void put_count(writer& out, std::size_t count);

/// The least number of bytes of one item on the wire.
template <class T>
inline constexpr std::size_t min_item_size = 4;
template <>
inline constexpr std::size_t min_item_size<std::int64_t> = 8;
template <>
inline constexpr std::size_t min_item_size<double> = 8;
template <>
inline constexpr std::size_t min_item_size<int128> = 16;
template <>
inline constexpr std::size_t min_item_size<int256> = 32;
template <class T>
inline constexpr std::size_t min_item_size<std::vector<T>> = 8;
template <structure C>
inline constexpr std::size_t min_item_size<C> = 4 + C::tl_min_size;

template <structure C>
void get(reader& in, C& value) {
  if (!open(in, C::tl_id)) return;
  value.tl_read(in);
  close(in);
}
template <structure C>
void put(writer& out, const C& value) {
  put_id(out, C::tl_id);
  value.tl_write(out);
}

template <closed_sum S>
void get(reader& in, S& value) {
  value.read(in, S::tl_info);
}
template <closed_sum S>
void put(writer& out, const S& value) {
  value.write(out, S::tl_info);
}

template <class T>
[[gnu::noinline]] void get(reader& in, std::vector<T>& value) {
  if (!open_vector(in)) return;
  value = std::vector<T>(get_count(in, min_item_size<T>));
  for (T& item : value) get(in, item);
}
template <class T>
[[gnu::noinline]] void put(writer& out, const std::vector<T>& value) {
  put_vector_head(out, value.size());
  for (const T& item : value) put(out, item);
}

template <class T>
[[gnu::noinline]] void get(reader& in, optional<T>& value) {
  get(in, value.emplace());
}
template <class T>
void get(reader& in, boxed<T>& value) {
  get(in, value.emplace());
}
template <class T>
void put(writer& out, const boxed<T>& value) {
  put(out, *value);
}

// The forms that a type does not have by itself: constructors without their ids, and vectors
// without theirs.
struct as_boxed {
  template <class T>
  static constexpr std::size_t min_size = min_item_size<T>;
  template <class T>
  static void get_value(reader& in, T& value) {
    get(in, value);
  }
  template <class T>
  static void put_value(writer& out, const T& value) {
    put(out, value);
  }
};

struct as_bare {
  template <class T>
  static constexpr std::size_t min_size = T::tl_min_size;
  template <structure C>
  static void get_value(reader& in, C& value) {
    if (!open_bare(in)) return;
    value.tl_read(in);
    close(in);
  }
  template <structure C>
  static void put_value(writer& out, const C& value) {
    value.tl_write(out);
  }
};

template <class Item>
struct as_bare_vector {
  template <class T>
  static constexpr std::size_t min_size = 4;
  template <class T>
  static void get_value(reader& in, std::vector<T>& value) {
    value = std::vector<T>(get_count(in, Item::template min_size<T>));
    for (T& item : value) Item::get_value(in, item);
  }
  template <class T>
  static void put_value(writer& out, const std::vector<T>& value) {
    put_count(out, value.size());
    for (const T& item : value) Item::put_value(out, item);
  }
};

template <class Item>
struct as_vector {
  template <class T>
  static constexpr std::size_t min_size = 8;
  template <class T>
  static void get_value(reader& in, std::vector<T>& value) {
    if (open_vector(in)) as_bare_vector<Item>::get_value(in, value);
  }
  template <class T>
  static void put_value(writer& out, const std::vector<T>& value) {
    put_id(out, vector_id);
    as_bare_vector<Item>::put_value(out, value);
  }
};

template <class Form, class T>
void get_as(reader& in, T& value) {
  Form::get_value(in, value);
}
template <class Form, class T>
void get_as(reader& in, optional<T>& value) {
  get_as<Form>(in, value.emplace());
}
template <class Form, class T>
void get_as(reader& in, boxed<T>& value) {
  get_as<Form>(in, value.emplace());
}
template <class Form, class T>
void put_as(writer& out, const T& value) {
  Form::put_value(out, value);
}

template <class C>
constexpr alternative alternative_of() {
  return {C::tl_id,
          C::tl_name,
          []() -> void* { return new C(); },
          [](reader& in, void* value) { static_cast<C*>(value)->tl_read(in); },
          [](writer& out, const void* value) { static_cast<const C*>(value)->tl_write(out); },
          [](void* value) noexcept { delete static_cast<C*>(value); }};
}

}  // namespace mtfetch::tl
