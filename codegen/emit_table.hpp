// SPDX-License-Identifier: BSL-1.0
// Writes a schema as the compact tables of mtproto/tl/schema.hpp.
#pragma once

#include <string>
#include <vector>

#include "codegen/emit_types.hpp"

namespace mtfetch::codegen {

/// Schemas that stand in one table. A name of a later part that an earlier one has too is put in
/// the namespace `prefix`: MTProto's own `message` becomes `mtproto.message`.
struct table_part {
  std::string prefix;
  codegen::schema schema;
};

/// `header` declares `function` (both full: `mtfetch/api/schema.hpp`, `mtfetch::api_schema`), which
/// gives the schema; a source of the same name holds the rows. With `base`, the full name of such a
/// function declared in `base_header`, it is an overlay on that one.
struct table_job {
  std::string function;
  std::string header;
  std::string base;
  std::string base_header;
};

std::vector<output_file> emit_table(const std::vector<table_part>& parts, const table_job& j);

}  // namespace mtfetch::codegen
