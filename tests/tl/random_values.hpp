// SPDX-License-Identifier: BSL-1.0
// Serialized values made at random by a schema, the same for the same seed.
#pragma once

#include <random>

#include "mtproto/tl/schema.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl_test {

/// Every value is well-formed; its strings are UTF-8.
class random_values {
 public:
  random_values(const tl::schema& in, std::uint64_t seed) : schema_(in), random_(seed) {}

  /// A value of this constructor or method, boxed.
  bytes value_of(tl::definition of);
  /// A value of a type; of a boxed class, of any of its constructors.
  void write(tl::type_view type, tl::writer& out);

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  void fields(tl::definition of, tl::writer& out);
  std::string text();
  bytes blob();

  const tl::schema& schema_;
  std::mt19937_64 random_;
  unsigned depth_ = 0;
};

}  // namespace mtfetch::tl_test
