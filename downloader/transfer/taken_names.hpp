// SPDX-License-Identifier: BSL-1.0
// Names that a run has given to its files, or found to be others' for good.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>

namespace mtfetch::transfer {

/// On the worker's thread.
class taken_names {
 public:
  void add(const std::filesystem::path& name) { names_.insert(name); }
  bool contains(const std::filesystem::path& name) {
    ++looked_up_;
    return names_.contains(name);
  }
  /// The lowest number under which the wanted name is free, as far as is known here. It is
  /// remembered: ten thousand files of one name would else try fifty million.
  int first_free(const std::filesystem::path& wanted);
  /// How many names were asked for: what a test holds down.
  std::size_t looked_up() const { return looked_up_; }

 private:
  std::set<std::filesystem::path> names_;
  std::size_t looked_up_ = 0;
  std::map<std::filesystem::path, int> first_free_;  // of wanted names: all below are taken
};

}  // namespace mtfetch::transfer
