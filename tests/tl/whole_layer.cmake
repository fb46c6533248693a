# Writes four sources that name every type of the layer once, and lists them in `layer_sources`.
file(GLOB schema_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tl-schema/api/*.tl)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${schema_files})
set(names "")
foreach(file ${schema_files})
  file(READ ${file} text)
  string(REGEX MATCHALL "\n[a-z][A-Za-z0-9_.]*#" found "${text}")
  list(APPEND names ${found})
endforeach()
list(TRANSFORM names REPLACE "[\n#]" "")
# Bool and Vector are types of C++; two names have an underscore there.
list(REMOVE_ITEM names vector boolTrue boolFalse)
list(TRANSFORM names REPLACE "^(true|updates)$" "\\1_")
list(TRANSFORM names REPLACE "[.]" "::")
set(layer_sources "")
foreach(part RANGE 3)
  set(body_${part} "")
endforeach()
set(part 0)
foreach(name ${names})
  string(APPEND body_${part} "  types.push_back(tl::alternative_of<::mtfetch::api::${name}>());\n")
  math(EXPR part "(${part} + 1) % 4")
endforeach()
foreach(part RANGE 3)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/whole_layer_${part}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <mtfetch/layer.hpp>

#include \"tests/tl/whole_layer.hpp\"

namespace mtfetch::tl_test {

void add_types_${part}(std::vector<tl::alternative>& types) {
${body_${part}}}

}  // namespace mtfetch::tl_test
" @ONLY)
  list(APPEND layer_sources ${source})
endforeach()
