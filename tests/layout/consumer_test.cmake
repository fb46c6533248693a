# Configures consumer/ and reads how its own sources would be compiled.
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${BUILD}
          -DMTFETCH_SOURCE_DIR=${MTFETCH_SOURCE_DIR} -DREADME_PROGRAM=${README_PROGRAM}
          -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release
  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
  message(FATAL_ERROR "A project with mtfetch as a subdirectory cannot be configured:\n${said}")
endif()

file(READ ${BUILD}/compile_commands.json commands)
set(seen "")
string(JSON count LENGTH "${commands}")
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON command GET "${commands}" ${i} command)
  if(command MATCHES "CMakeFiles/(downloader|mtproto|testing)_program\\.dir")
    list(APPEND seen ${CMAKE_MATCH_1})
    foreach(ours cmake_pch -Werror -Wconversion)
      string(FIND "${command}" "${ours}" at)
      if(NOT at EQUAL -1)
        message(FATAL_ERROR "${ours} gets to other projects: ${command}")
      endif()
    endforeach()
  endif()
endforeach()
list(LENGTH seen count)
if(NOT count EQUAL 3)
  message(FATAL_ERROR "Of the three programs these are compiled: ${seen}")
endif()
