// SPDX-License-Identifier: BSL-1.0
// A field that may be absent.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace mtfetch::tl {

/// As std::optional, for fields whose type is generated too. There are over a hundred of these
/// types, and std::optional of each costs every including source 5 ms: ten times this.
template <class T>
class optional {
 public:
  optional() {}
  optional(std::nullopt_t) {}  // NOLINT(google-explicit-constructor): as std::optional
  template <class U>
  requires(!std::same_as<std::remove_cvref_t<U>, optional> && std::is_convertible_v<U, T>)
      // The check does not see that the clause above leaves copies and moves alone.
      // NOLINTNEXTLINE(bugprone-forwarding-reference-overload, google-explicit-constructor)
      optional(U&& value)
      : value_(std::forward<U>(value)), has_value_(true) {}
  optional(const optional& other) requires std::is_copy_constructible_v<T> {
    if (other.has_value_) emplace(*other);
  }
  optional(optional&& other) noexcept {
    if (other.has_value_) emplace(std::move(*other));
  }
  optional& operator=(const optional& other) requires std::is_copy_constructible_v<T> {
    return *this = optional(other);
  }
  optional& operator=(optional&& other) noexcept {
    if (this == &other) return *this;
    reset();
    if (other.has_value_) emplace(std::move(*other));
    return *this;
  }
  ~optional() { reset(); }

  void reset() noexcept {
    if (std::exchange(has_value_, false)) std::destroy_at(&value_);
  }
  template <class... Arguments>
  T& emplace(Arguments&&... arguments) {
    reset();
    std::construct_at(&value_, std::forward<Arguments>(arguments)...);
    has_value_ = true;
    return value_;
  }

  bool has_value() const { return has_value_; }
  explicit operator bool() const { return has_value_; }
  T& operator*() { return value_; }
  const T& operator*() const { return value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }
  /// Throws std::bad_optional_access when absent.
  T& value() { return has_value_ ? value_ : throw std::bad_optional_access(); }
  const T& value() const { return has_value_ ? value_ : throw std::bad_optional_access(); }

  friend bool operator==(const optional& field, std::nullopt_t) { return !field.has_value_; }

 private:
  union {
    T value_;
  };
  bool has_value_ = false;
};

}  // namespace mtfetch::tl
