// SPDX-License-Identifier: BSL-1.0
// A checked schema: every name resolved, every rule held. What the emitters work from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codegen/syntax.hpp"

namespace mtfetch::codegen {

/// What stands at a place of a value, vectors apart.
enum class kind {
  flags,    ///< `#`
  present,  ///< `flags.N?true`
  int32,
  int64,
  float64,
  string,
  bytes,
  boolean,
  int128,
  int256,
  boxed,   ///< a class
  bare,    ///< one constructor without its id
  rest,    ///< `!X`, `Object`: another value, up to the end of the data
  nothing  ///< only as a result: the method is never answered
};

enum class vector_form { boxed, bare };

struct value_type {
  codegen::kind kind = kind::int32;
  std::vector<vector_form> vectors;  ///< outermost first
  std::size_t index = 0;             ///< boxed: of the class; bare: of the constructor
};

struct flag {
  std::size_t word = 0;  ///< index of the field that holds the word
  unsigned bit = 0;
};

struct field {
  std::string name;
  value_type type;
  std::optional<flag> when;
};

/// A constructor, or a method when is_function.
struct combinator {
  std::string name;  ///< with its namespace
  std::uint32_t id = 0;
  std::vector<field> fields;
  value_type result;
  bool is_function = false;
  bool is_fixed = false;
  std::string text;  ///< the declaration, for people
  location at;
};

struct class_ {
  std::string name;
  std::vector<std::size_t> members;  ///< into schema::combinators
};

struct schema {
  std::int32_t layer = 0;
  std::vector<combinator> combinators;  ///< in the files' order
  std::vector<class_> classes;
  std::map<std::string, std::size_t, std::less<>> combinator_by_name;
  std::map<std::string, std::size_t, std::less<>> class_by_name;
};

/// The namespace of a full name, "base" for a name without one; and the name without it.
std::string space_of(const std::string& name);
std::string short_of(const std::string& name);

/// Checks the files together. A class that has no constructor in `files` but in `below` is known
/// with no members: an overlay may refer to what it does not replace. Throws schema_error.
schema check(const std::vector<syntax::file>& files, const schema* below = nullptr);

}  // namespace mtfetch::codegen
