// SPDX-License-Identifier: BSL-1.0
// Which header a generated struct stands in, in which order, and which fields need a box.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codegen/closure.hpp"

namespace mtfetch::codegen {

/// Made from the whole schema, so that a struct stands at the same place whatever list of methods
/// it is generated for.
struct layout {
  std::vector<std::string> spaces;  ///< "base" first; one header each
  std::vector<std::size_t> order;   ///< combinators; what is held by value comes before its holder
  std::vector<std::string> home;    ///< by combinator: the space whose header has it
  std::set<std::pair<std::size_t, std::size_t>> boxed;  ///< (combinator, field) that ends a cycle
};

/// A struct that another namespace holds, by value or in a vector, stands in the header of base:
/// so the other headers need only that one, and no two headers need each other.
layout lay_out(const schema& s);

/// The one constructor that is held by value where the type stands; none for a closed sum, which
/// is a pointer, and for the basic types.
std::optional<std::size_t> struct_of(const schema& s, const value_type& type);

/// Has the class a C++ type of its own? `Bool` and `Object` do not.
bool is_emitted_class(const schema& s, std::size_t index);
/// A class with several constructors, so a closed sum.
bool is_sum(const schema& s, std::size_t index);

/// The least number of bytes that constructors take on the wire, without their ids.
class wire_sizes {
 public:
  explicit wire_sizes(const schema& s);
  std::size_t bare(std::size_t combinator) const { return sizes_[combinator]; }

 private:
  std::vector<std::size_t> sizes_;
};

}  // namespace mtfetch::codegen
