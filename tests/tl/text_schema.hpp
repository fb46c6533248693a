// SPDX-License-Identifier: BSL-1.0
// Schema tables made from a few lines of TL at run time, for tests of what works by a schema.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "mtproto/tl/schema.hpp"

namespace mtfetch::tl_test {

/// Declarations one a line, constructors first, methods behind a line `---functions---`. An id
/// that is not given is made up from the name. Only well-formed text.
class text_schema {
 public:
  text_schema(std::string_view text, std::int32_t layer, const tl::schema* base = nullptr);
  text_schema(const text_schema&) = delete;
  text_schema& operator=(const text_schema&) = delete;
  const tl::schema& get() const { return schema_; }
  operator const tl::schema&() const { return schema_; }

 private:
  struct declaration {
    std::string name;
    std::uint32_t id = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string result;
    bool is_function = false;
  };
  static declaration parse(std::string line, bool is_function);
  tl::tables::text text(const std::string& name);
  tl::tables::type type(const std::string& spelled);

  std::string pool_;
  std::vector<declaration> declarations_;
  std::map<std::string, std::uint16_t> class_index_;
  std::vector<tl::tables::constructor> constructors_;
  std::vector<tl::tables::field> fields_;
  std::vector<tl::tables::class_> classes_;
  std::vector<std::uint16_t> members_;
  std::vector<std::uint16_t> by_name_;
  tl::schema_tables tables_;
  tl::schema schema_;
};

}  // namespace mtfetch::tl_test
