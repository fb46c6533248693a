// SPDX-License-Identifier: BSL-1.0
// Care for secrets: wiping them, comparing them, and an array that wipes itself.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <span>

namespace mtfetch::crypto {

/// Overwrites the bytes with zeros; the compiler may not leave it out. Thread-safe.
void wipe(byte_span data) noexcept;
void wipe(void* data, std::size_t size) noexcept;

/// Compares in a time that depends on the lengths only. Different lengths are not equal.
bool equal_in_constant_time(byte_view a, byte_view b) noexcept;

/// N secret bytes. They are wiped when the object ends, when it is moved from and before it takes
/// another value. Converts to views; nothing compares it by accident.
template <std::size_t N>
class secret {
 public:
  secret() = default;
  explicit secret(std::span<const std::uint8_t, N> from) {
    std::copy(from.begin(), from.end(), value_.begin());
  }
  secret(const secret&) = default;
  secret(secret&& other) noexcept : value_(other.value_) { wipe(other.value_); }
  secret& operator=(const secret&) = default;
  secret& operator=(secret&& other) noexcept {
    if (this != &other) {
      value_ = other.value_;
      wipe(other.value_);
    }
    return *this;
  }
  ~secret() { wipe(value_); }

  std::span<std::uint8_t, N> span() { return value_; }
  std::span<const std::uint8_t, N> view() const { return value_; }
  // Implicit, as of an array: a secret is handed to functions that take a view.
  operator byte_view() const { return value_; }                         // NOLINT
  operator std::span<const std::uint8_t, N>() const { return value_; }  // NOLINT
  std::uint8_t* data() { return value_.data(); }
  const std::uint8_t* data() const { return value_.data(); }
  static constexpr std::size_t size() { return N; }

 private:
  std::array<std::uint8_t, N> value_{};
};

/// Wipes bytes that belong to somebody else when the scope ends: buffers that held a secret.
class wipe_at_exit {
 public:
  explicit wipe_at_exit(byte_span data) noexcept : data_(data) {}
  wipe_at_exit(const wipe_at_exit&) = delete;
  wipe_at_exit& operator=(const wipe_at_exit&) = delete;
  ~wipe_at_exit() { wipe(data_); }

 private:
  byte_span data_;
};

}  // namespace mtfetch::crypto
