# mtfetch_room(NAME SOURCES... [LINK target...]): one static library for one room of a floor, so that
# a wrong arrow fails to link. Warnings and sanitizers of the project are applied here only.
add_library(mtfetch_flags INTERFACE)
target_compile_options(mtfetch_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow)
if(MTFETCH_WERROR)
  target_compile_options(mtfetch_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports a mismatched delete inside Asio's coroutine frames at -O1 and above: a false alarm.
  target_compile_options(mtfetch_flags INTERFACE -Wno-mismatched-new-delete)
  # Optimizing, it also follows paths that std::variant, std::string and std::vector do not have (GCC
  # bug 105651 and its kin). These warnings stay on with Clang and with later versions of GCC.
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(mtfetch_flags INTERFACE 
      "$<$<NOT:$<CONFIG:Debug>>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-maybe-uninitialized>")
  endif()
endif()
if(MTFETCH_SANITIZE)
  add_compile_options(-fsanitize=${MTFETCH_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MTFETCH_SANITIZE})
endif()

function(mtfetch_room name)
  cmake_parse_arguments(room "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${room_SOURCES})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/mtproto/include>)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_link_libraries(${name} PUBLIC ${room_LINK} PRIVATE mtfetch_flags ${room_PRIVATE_LINK})
endfunction()
