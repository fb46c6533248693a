// SPDX-License-Identifier: BSL-1.0
// How TL names and types are spelled in C++.
#pragma once

#include <set>
#include <string>

#include "codegen/layout.hpp"

namespace mtfetch::codegen {

/// A field's member: a C++ keyword gets a trailing underscore, and so does a method's field
/// `result`, the name of the type that it gives.
std::string field_name(const combinator& c, const field& f);

/// Spells the names of one schema in one C++ namespace.
class spelling {
 public:
  spelling(const schema& s, const layout& plan, std::string cpp_namespace);

  const std::string& cpp_namespace() const { return namespace_; }
  /// The last part of a constructor's, method's or class's name. What has the name of a namespace
  /// (the constructor `updates`) or of a keyword gets a trailing underscore.
  std::string plain(const std::string& tl_name) const;
  /// From within the C++ namespace: `auth::sentCode`.
  std::string nested(const std::string& tl_name) const;
  /// `::mtfetch::api::auth::sentCode`
  std::string qualified(const std::string& tl_name) const;

  /// The type of a value: of a result, or of a field without its flag.
  std::string type(const value_type& type) const;
  /// The type of a field's member.
  std::string member_type(std::size_t combinator, std::size_t field) const;
  /// ` = 0` and the like; empty where the default constructor does.
  std::string initializer(const field& f) const;
  /// Of a closed sum: the constructor with the fewest fields of those that can stand alone.
  std::optional<std::size_t> plainest(std::size_t class_index) const;
  /// An expression of the type's value that is zero, empty, or the plainest constructor of a class.
  /// Empty when there is none: the class has no constructor that can stand alone.
  std::string zero(const value_type& type) const;

 private:
  bool is_plain(std::size_t combinator, std::set<std::size_t>& open) const;

  const schema& s_;
  const layout& plan_;
  std::string namespace_;
  std::set<std::string> spaces_;
};

}  // namespace mtfetch::codegen
