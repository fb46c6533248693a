// SPDX-License-Identifier: BSL-1.0
// Writes the headers of generated types.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codegen/spelling.hpp"

namespace mtfetch::codegen {

struct output_file {
  std::string path;  ///< below the output folder
  std::string text;
};

/// What to generate: part of a schema, in one C++ namespace, on top of another part or not.
struct job {
  const schema* s = nullptr;
  const layout* plan = nullptr;
  const spelling* names = nullptr;
  selection chosen;       ///< combinators to emit
  std::string include;    ///< `mtfetch/api`: the folder of the headers, and the umbrella's name
  std::size_t parts = 8;  ///< sources, of about the same cost to compile

  std::string base_include;  ///< of the target this one extends; or empty
  selection base_chosen;     ///< what that target has
  std::size_t base_parts = 8;
};

/// The headers that hold the structs, in small pieces: a source includes those that it needs, and
/// the header of a namespace those that make it up.
class pieces {
 public:
  pieces(const schema& s, const layout& plan, const selection& chosen, std::size_t count);
  std::size_t count() const { return members_.size(); }
  /// Combinators, in an order in which what is held by value comes before its holder.
  const std::vector<std::size_t>& members(std::size_t piece) const { return members_[piece]; }
  std::optional<std::size_t> of(std::size_t combinator) const;

 private:
  std::vector<std::vector<std::size_t>> members_;
  std::map<std::size_t, std::size_t> of_;
};

/// Pieces of headers for each source; a single source needs no more than one.
constexpr std::size_t pieces_per_part(std::size_t parts) {
  return parts == 1 ? 1 : 4;
}
pieces pieces_of(const job& j);

/// The first lines of every generated file.
inline constexpr const char* banner =
    "// SPDX-License-Identifier: BSL-1.0\n"
    "// Made by tlgen from the TL schema; changes here are lost.\n";

/// The header that has a struct, of this job or of the one it extends: `mtfetch/api/piece_3.hpp`.
class struct_headers {
 public:
  explicit struct_headers(const job& j);
  std::string of(std::size_t combinator) const;
  /// Of these structs and all that they hold, by value or in vectors: with these headers they are
  /// complete.
  std::set<std::string> of_all(std::vector<std::size_t> structs) const;

 private:
  const job& j_;
  pieces own_;
  std::optional<pieces> base_;
};

/// Is the class's C++ type emitted by this job? It goes with its constructors.
bool emits_class(const job& j, std::size_t index);

/// `<include>.hpp`, `<include>/classes.hpp`, `<include>/<namespace>.hpp` for every namespace and
/// the pieces that these are made of.
std::vector<output_file> emit_types(const job& j);

}  // namespace mtfetch::codegen
