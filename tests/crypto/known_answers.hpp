// SPDX-License-Identifier: BSL-1.0
// Reads known_answers.txt, and turns hex into bytes for the tests of this folder.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mtfetch/bytes.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch::crypto::testing {

bytes unhex(std::string_view digits);
std::string hex(byte_view data);

class known_answer {
 public:
  known_answer(std::string name, std::map<std::string, std::string> values)
      : name_(std::move(name)), values_(std::move(values)) {}

  const std::string& name() const { return name_; }
  bool has(const std::string& key) const { return values_.contains(key); }
  /// Each throws std::out_of_range when the case has no such value.
  const std::string& text(const std::string& key) const { return values_.at(key); }
  bytes data(const std::string& key) const { return unhex(text(key)); }
  std::int64_t number(const std::string& key) const { return std::stoll(text(key)); }
  template <std::size_t N>
  std::array<std::uint8_t, N> fixed(const std::string& key) const {
    std::array<std::uint8_t, N> out{};
    const bytes all = data(key);
    if (all.size() != N) throw std::out_of_range(name_ + ": " + key + " has another size");
    std::copy(all.begin(), all.end(), out.begin());
    return out;
  }

 private:
  std::string name_;
  std::map<std::string, std::string> values_;
};

/// The cases of a group; never none, so that a test cannot pass for want of them.
std::vector<known_answer> known_answers(std::string_view group);
known_answer known_answer_of(std::string_view group, std::string_view id);

/// Gives the bytes it was made with, then throws: a test sees how much was drawn.
random_source scripted_random(bytes data);
/// The same bytes at every run.
random_source seeded_random(std::uint64_t seed);

}  // namespace mtfetch::crypto::testing
