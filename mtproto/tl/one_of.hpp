// SPDX-License-Identifier: BSL-1.0
// The closed sum that a TL class with several constructors is, and what generated types stand on.
#pragma once

#include <cassert>
#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mtproto/tl/basic_types.hpp"
#include "mtproto/tl/optional.hpp"

namespace mtfetch::tl {

class reader;
class writer;

/// What the sum needs to know about one constructor; the generator emits one for each.
struct alternative {
  std::uint32_t id;
  std::string_view name;
  void* (*create)();
  void (*read)(reader&, void*);  ///< bare data into a new value
  void (*write)(writer&, const void*);
  void (*destroy)(void*) noexcept;
};

/// A class with several constructors, these sorted by id.
struct class_info {
  std::string_view name;
  std::span<const alternative* const> alternatives;
};

/// The part of a closed sum that does not depend on the class: an owned value and its constructor.
class any_of {
 public:
  any_of() = default;
  any_of(any_of&& other) noexcept
      : held_(std::exchange(other.held_, nullptr)), value_(std::exchange(other.value_, nullptr)) {}
  any_of& operator=(any_of&& other) noexcept {
    std::swap(held_, other.held_);
    std::swap(value_, other.value_);
    return *this;
  }
  ~any_of() {
    if (held_ != nullptr) held_->destroy(value_);
  }

  /// Holds it a value? A default-constructed or moved-from sum does not.
  explicit operator bool() const { return held_ != nullptr; }
  /// The constructor's id; 0 when empty.
  std::uint32_t id() const { return held_ == nullptr ? 0 : held_->id; }
  /// The constructor's TL name; "" when empty.
  std::string_view name() const { return held_ == nullptr ? std::string_view() : held_->name; }

  /// Boxed data, for the generated code. An id of another class is an error of the reader.
  void read(reader& in, const class_info& info);
  /// Throws std::logic_error when empty: the caller forgot to fill in a field.
  void write(writer& out, const class_info& info) const;

 protected:
  any_of(const alternative& held, void* value) : held_(&held), value_(value) {}
  const alternative* held_ = nullptr;
  void* value_ = nullptr;
};

/// A constructor of the class Sum.
template <class C, class Sum>
concept constructor_of = std::same_as<typename C::tl_class, Sum>;

/// Base of the generated class Sum: one value of one of its constructors, on the heap. Move-only;
/// `clone` of object.hpp copies. A constructor's struct turns into its sum by itself.
template <class Sum>
class one_of : public any_of {
 public:
  one_of() = default;
  template <constructor_of<Sum> C>
  one_of(C value)  // NOLINT(google-explicit-constructor): a constructor is a value of its class
      : any_of(C::tl_alternative, new C(std::move(value))) {}

  template <constructor_of<Sum> C>
  bool is() const {
    return held_ == &C::tl_alternative;
  }
  /// The value if it is a C, else null.
  template <constructor_of<Sum> C>
  C* get_if() {
    return is<C>() ? static_cast<C*>(value_) : nullptr;
  }
  template <constructor_of<Sum> C>
  const C* get_if() const {
    return is<C>() ? static_cast<const C*>(value_) : nullptr;
  }
  /// The value, which must be a C.
  template <constructor_of<Sum> C>
  C& as() {
    assert(is<C>() && "the sum holds another constructor");
    return *static_cast<C*>(value_);
  }
  template <constructor_of<Sum> C>
  const C& as() const {
    assert(is<C>() && "the sum holds another constructor");
    return *static_cast<const C*>(value_);
  }
};

/// A value on the heap, for a field by which a type would hold itself. Empty until emplaced;
/// writing an empty one is an error of the caller.
template <class T>
class boxed {
 public:
  boxed() = default;
  // A template: else asking whether a boxed is copied would ask whether a T is, which asks this.
  template <std::same_as<T> U>
  boxed(U value)  // NOLINT(google-explicit-constructor): stands for the value
      : value_(std::make_unique<T>(std::move(value))) {}
  T& emplace() { return *(value_ = std::make_unique<T>()); }
  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() { return *get(); }
  const T& operator*() const { return *get(); }
  T* operator->() { return get(); }
  const T* operator->() const { return get(); }

 private:
  T* get() const {
    assert(value_ != nullptr && "an empty boxed value");
    return value_.get();
  }
  std::unique_ptr<T> value_;
};

/// A generated struct: a constructor or a method.
template <class T>
concept structure = requires(T& value, reader& in) {
  { T::tl_id } -> std::convertible_to<std::uint32_t>;
  value.tl_read(in);
};
/// A generated class with several constructors.
template <class T>
concept closed_sum = std::derived_from<T, any_of>;
template <class T>
concept object = structure<T> || closed_sum<T>;
/// A generated method; `M::result` is what it gives.
template <class M>
concept method = structure<M> && requires {
  typename M::result;
};

/// Do two values serialize to the same bytes?
bool same_bytes(const void* a, const void* b, void (*write)(writer&, const void*));
template <object T>
void write_object(writer& out, const void* value) {
  if constexpr (closed_sum<T>) {
    static_cast<const T*>(value)->write(out, T::tl_info);
  } else {
    static_cast<const T*>(value)->tl_write(out);
  }
}

/// Generated namespaces have a using-declaration of it. Flags, and bytes however they are held, are
/// equal when they go over the wire as the same.
template <object T>
bool operator==(const T& a, const T& b) {
  if constexpr (closed_sum<T>) {
    if (!a || !b) return !a && !b;
  }
  return same_bytes(&a, &b, &write_object<T>);
}

}  // namespace mtfetch::tl
