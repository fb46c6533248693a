// SPDX-License-Identifier: BSL-1.0
// A whole TL schema as constant tables, and views of it by id and by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mtfetch::tl {

// GCC takes the enumerators int128 and int256 for shadows of the types, though they are scoped.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
/// What stands at a place of a value, vectors apart.
enum class kind : std::uint8_t {
  flags,    ///< `#`: a word of flags; not a field of its own, it follows from the others
  present,  ///< `flags.N?true`: no bytes, the bit is the value
  int32,
  int64,
  float64,
  string,
  bytes,
  boolean,  ///< `Bool`
  int128,
  int256,
  boxed,  ///< a class: constructor id, then its fields
  bare,   ///< one constructor without its id
  rest,   ///< `!X`, `Object`: another boxed value of any type, up to the end of the data
};
#pragma GCC diagnostic pop

/// The rows that the generator emits: constexpr arrays of plain structs that refer to each other
/// by index and to their names by position in one string. They cost nothing at start-up.
namespace tables {

struct text {
  std::uint32_t offset = 0;
  std::uint16_t size = 0;
};

/// One level of vector: two bits of type::vectors, the outermost level in the lowest bits.
inline constexpr std::uint8_t boxed_vector = 1;  ///< `Vector<t>`: 1cb5c415, count, items
inline constexpr std::uint8_t bare_vector = 2;   ///< `vector<t>`: count, items

struct type {
  tl::kind kind = kind::int32;
  std::uint8_t vectors = 0;  ///< zero: no vector
  /// boxed: into schema_tables::classes; bare: into schema_tables::constructors; else zero.
  std::uint16_t index = 0;
};

inline constexpr std::uint8_t no_flag = 0xff;
inline constexpr std::size_t max_flag_words = 4;

struct field {
  text name;
  tables::type type;
  /// Which `#` word of its constructor decides about the field: 0 the first, 1 the second ...;
  /// no_flag when it is always there.
  std::uint8_t flag_word = no_flag;
  std::uint8_t flag_bit = 0;
};

/// A constructor, or a method when is_function.
struct constructor {
  std::uint32_t id = 0;
  text name;
  tables::type result;  ///< a constructor's class (boxed), or what a method returns
  std::uint32_t first_field = 0;
  std::uint16_t field_count = 0;
  bool is_function = false;
};

struct class_ {
  text name;
  std::uint16_t first_member = 0;  ///< into schema_tables::members
  std::uint16_t member_count = 0;
};

}  // namespace tables

/// All rows of one schema. `Bool` and `Vector` have no rows of their own: they are kinds. In an
/// overlay, a class that is only referred to has no members.
struct schema_tables {
  std::string_view pool;                              ///< where every text lies
  std::span<const tables::constructor> constructors;  ///< sorted by id
  std::span<const tables::field> fields;              ///< in order, constructor by constructor
  std::span<const tables::class_> classes;            ///< sorted by name
  std::span<const std::uint16_t> members;             ///< indices into constructors
  std::span<const std::uint16_t> by_name;             ///< indices into constructors, sorted by name
};

class definition;

/// The type of a field, a vector's item or a result.
class type_view {
 public:
  constexpr type_view(const schema_tables& home, tables::type row) : home_(&home), row_(row) {}

  constexpr bool is_vector() const { return row_.vectors != 0; }
  constexpr bool is_boxed_vector() const { return (row_.vectors & 3) == tables::boxed_vector; }
  /// A vector's item: the same type without its outermost vector.
  constexpr type_view item() const {
    return {*home_, {row_.kind, static_cast<std::uint8_t>(row_.vectors >> 2), row_.index}};
  }
  /// What it is when it is no vector; of a vector, what its innermost items are.
  constexpr tl::kind kind() const { return row_.kind; }
  constexpr bool is(tl::kind k) const { return row_.vectors == 0 && row_.kind == k; }
  /// Of a boxed type: its class.
  std::string_view class_name() const;
  /// Of a bare type: its one constructor.
  definition constructor() const;

 private:
  const schema_tables* home_;
  tables::type row_;
};

class field_view {
 public:
  constexpr field_view(const schema_tables& home, const tables::field& row)
      : home_(&home), row_(&row) {}
  std::string_view name() const { return home_->pool.substr(row_->name.offset, row_->name.size); }
  type_view type() const { return {*home_, row_->type}; }
  bool is_optional() const { return row_->flag_word != tables::no_flag; }
  std::size_t flag_word() const { return row_->flag_word; }
  std::uint32_t flag_mask() const { return std::uint32_t{1} << (row_->flag_bit & 31); }

 private:
  const schema_tables* home_;
  const tables::field* row_;
};

/// A constructor or method as a schema has it; an empty one where none was found. Cheap to copy;
/// valid as long as the tables.
class definition {
 public:
  constexpr definition() = default;
  constexpr definition(const schema_tables& home, const tables::constructor& row)
      : home_(&home), row_(&row) {}

  constexpr explicit operator bool() const { return row_ != nullptr; }
  std::uint32_t id() const { return row_->id; }
  std::string_view name() const { return home_->pool.substr(row_->name.offset, row_->name.size); }
  bool is_function() const { return row_->is_function; }
  /// A constructor's class, or what a method returns.
  type_view result() const { return {*home_, row_->result}; }
  std::size_t field_count() const { return row_->field_count; }
  field_view field(std::size_t i) const { return {*home_, home_->fields[row_->first_field + i]}; }

 private:
  const schema_tables* home_ = nullptr;
  const tables::constructor* row_ = nullptr;
};

class schema;

/// A class and its constructors; an empty one where none was found.
class class_view {
 public:
  constexpr class_view() = default;
  constexpr class_view(const schema& in, const schema_tables& home, const tables::class_& row)
      : in_(&in), home_(&home), row_(&row) {}
  constexpr explicit operator bool() const { return row_ != nullptr; }
  std::size_t size() const { return row_ != nullptr ? row_->member_count : 0; }
  definition member(std::size_t i) const;

 private:
  const schema* in_ = nullptr;
  const schema_tables* home_ = nullptr;
  const tables::class_* row_ = nullptr;
};

/// A schema to look things up in. With a base it is an overlay: its few rows stand for the base's
/// of the same names, whose ids it then does not know; all else is the base's. So an older layer
/// is the newest one with what differs on top. Immutable; any thread may use it.
class schema {
 public:
  /// Tables, and base if any, are kept by reference.
  constexpr schema(const schema_tables& tables, std::int32_t layer, const schema* base = nullptr)
      : tables_(&tables), base_(base), layer_(layer) {}

  std::int32_t layer() const { return layer_; }
  definition find(std::uint32_t id) const;
  /// A constructor or method by its full name, `messages.getHistory`.
  definition find(std::string_view name) const;
  class_view find_class(std::string_view name) const;
  /// The only constructor of a class; empty when the class has several or is not known.
  definition only_member(std::string_view class_name) const;
  const schema_tables& own_tables() const { return *tables_; }
  const schema* base() const { return base_; }

 private:
  const schema_tables* tables_;
  const schema* base_;
  std::int32_t layer_;
};

}  // namespace mtfetch::tl
