// SPDX-License-Identifier: BSL-1.0
// A value or an error code: what the floors without I/O return for anything that came from outside.
#pragma once

#include <cassert>
#include <system_error>
#include <utility>
#include <variant>

namespace mtfetch {

/// Holds either a T or a non-zero std::error_code.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}    // NOLINT
  result(std::error_code error) : state_(std::in_place_index<1>, error) {  // NOLINT
    assert(error && "a result without a value needs an error");
  }
  template <class E>
  requires std::is_error_code_enum_v<E> result(E error)
      : result(make_error_code(error)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  std::error_code error() const {
    return has_value() ? std::error_code() : *std::get_if<1>(&state_);
  }

  T& operator*() & { return *get(); }
  const T& operator*() const& { return *get(); }
  T&& operator*() && { return std::move(*get()); }
  T* operator->() { return get(); }
  const T* operator->() const { return get(); }
  /// The value, or std::system_error with the error.
  T& value() & { return check(), *get(); }
  const T& value() const& { return check(), *get(); }
  T&& value() && { return check(), std::move(*get()); }

 private:
  T* get() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  const T* get() const {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  void check() const {
    if (!has_value()) throw std::system_error(error());
  }
  std::variant<T, std::error_code> state_;
};

}  // namespace mtfetch
