# Runs tlgen: types and tables from TL schema files, into the build tree, made again when a schema
# file, a list or tlgen itself changes.

function(mtfetch_absolute_paths variable)
  set(paths "")
  foreach(path IN LISTS ${variable})
    cmake_path(ABSOLUTE_PATH path)
    list(APPEND paths ${path})
  endforeach()
  set(${variable} ${paths} PARENT_SCOPE)
endfunction()

# mtfetch_generate_types(TARGET
#   SCHEMA file.tl...       the schema, one file for each TL namespace, named after it
#   NAMESPACE ns            of C++: mtfetch::api
#   HEADERS path            as users include them: mtfetch/api gives <mtfetch/api.hpp> (all),
#                           <mtfetch/api/base.hpp>, <mtfetch/api/upload.hpp> ...
#   METHODS file|ALL        a list of methods, one a line: they and all that they can reach
#   [EXTENDS target]        leave out what that target has, and stand on it
#   [PARTS n]               sources, of equal cost (8)
#   [EXCLUDE_FROM_ALL])
# makes the static library TARGET with the types' reading and writing, and TARGET_generate, which
# only writes the sources.
function(mtfetch_generate_types target)
  cmake_parse_arguments(gen "EXCLUDE_FROM_ALL" "NAMESPACE;HEADERS;METHODS;EXTENDS;PARTS" "SCHEMA"
                        ${ARGN})
  if(NOT gen_PARTS)
    set(gen_PARTS 8)
  endif()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target})
  mtfetch_absolute_paths(gen_SCHEMA)

  set(lists "")
  if(gen_METHODS STREQUAL "ALL")
    set(methods ALL)
  else()
    cmake_path(ABSOLUTE_PATH gen_METHODS OUTPUT_VARIABLE methods)
    list(APPEND lists ${methods})
  endif()
  set(base "")
  if(gen_EXTENDS)
    get_target_property(base_methods ${gen_EXTENDS} MTFETCH_METHODS)
    get_target_property(base_headers ${gen_EXTENDS} MTFETCH_HEADERS)
    get_target_property(base_parts ${gen_EXTENDS} MTFETCH_PARTS)
    set(base --base-methods ${base_methods} --base-include ${base_headers}
             --base-parts ${base_parts})
    list(APPEND lists ${base_methods})
  endif()

  set(sources "")
  math(EXPR last "${gen_PARTS} - 1")
  foreach(part RANGE ${last})
    list(APPEND sources ${out}/${gen_HEADERS}/part_${part}.cpp)
  endforeach()
  set(headers ${out}/${gen_HEADERS}.hpp ${out}/${gen_HEADERS}/classes.hpp
              ${out}/${gen_HEADERS}/base.hpp)
  set(last 0)
  if(gen_PARTS GREATER 1)
    math(EXPR last "${gen_PARTS} * 4 - 1")
  endif()
  foreach(piece RANGE ${last})
    list(APPEND headers ${out}/${gen_HEADERS}/piece_${piece}.hpp)
  endforeach()
  foreach(file IN LISTS gen_SCHEMA)
    cmake_path(GET file STEM space)
    list(LENGTH gen_SCHEMA count)
    if(count GREATER 1)
      list(APPEND headers ${out}/${gen_HEADERS}/${space}.hpp)
    endif()
  endforeach()
  list(REMOVE_DUPLICATES headers)

  add_custom_command(
    OUTPUT ${sources} ${headers}
    COMMAND tlgen types --out ${out} --namespace ${gen_NAMESPACE} --include ${gen_HEADERS}
            --methods ${methods} --parts ${gen_PARTS} ${base} ${gen_SCHEMA}
    DEPENDS tlgen ${gen_SCHEMA} ${lists}
    COMMENT "Generating <${gen_HEADERS}.hpp>"
    VERBATIM)

  add_custom_target(${target}_generate DEPENDS ${sources} ${headers})
  add_library(${target} STATIC ${sources} ${headers})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${out}>)
  target_link_libraries(${target} PUBLIC mtfetch_tl ${gen_EXTENDS} PRIVATE mtfetch_flags)
  mtfetch_use_precompiled(${target} std)
  set_target_properties(${target} PROPERTIES MTFETCH_METHODS "${methods}"
                                             MTFETCH_HEADERS "${gen_HEADERS}"
                                             MTFETCH_PARTS "${gen_PARTS}")
  if(gen_EXCLUDE_FROM_ALL)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
endfunction()

# mtfetch_generate_schema(TARGET
#   SCHEMA file.tl...           what the table holds
#   FUNCTION name               full name of the function that gives it: mtfetch::api_schema
#   HEADER path                 as users include it: mtfetch/api/schema.hpp
#   [WITH name=file.tl]         another schema in the same table; `name` is put before clashing names
#   [BASE function BASE_HEADER path BELOW file.tl...])   an overlay on that table
# adds the compact table to the static library TARGET, made if it is not there.
function(mtfetch_generate_schema target)
  cmake_parse_arguments(gen "" "FUNCTION;HEADER;WITH;BASE;BASE_HEADER" "SCHEMA;BELOW" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target})
  mtfetch_absolute_paths(gen_SCHEMA)
  mtfetch_absolute_paths(gen_BELOW)

  set(more "")
  set(files ${gen_SCHEMA} ${gen_BELOW})
  if(gen_WITH)
    string(REGEX MATCH "^([^=]+)=(.+)$" whole "${gen_WITH}")
    set(prefix ${CMAKE_MATCH_1})
    set(file ${CMAKE_MATCH_2})
    cmake_path(ABSOLUTE_PATH file)
    list(APPEND more --with ${prefix}=${file})
    list(APPEND files ${file})
  endif()
  if(gen_BASE)
    list(APPEND more --base ${gen_BASE} --base-header ${gen_BASE_HEADER})
  endif()
  foreach(file IN LISTS gen_BELOW)
    list(APPEND more --below ${file})
  endforeach()

  string(REGEX REPLACE "\\.hpp$" ".cpp" source ${gen_HEADER})
  add_custom_command(
    OUTPUT ${out}/${source} ${out}/${gen_HEADER}
    COMMAND tlgen table --out ${out} --function ${gen_FUNCTION} --header ${gen_HEADER} ${more}
            ${gen_SCHEMA}
    DEPENDS tlgen ${files}
    COMMENT "Generating <${gen_HEADER}>"
    VERBATIM)

  if(NOT TARGET ${target})
    add_library(${target} STATIC)
    target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${out}>)
    target_link_libraries(${target} PUBLIC mtfetch_tl PRIVATE mtfetch_flags)
  endif()
  target_sources(${target} PRIVATE ${out}/${source} ${out}/${gen_HEADER})
endfunction()
