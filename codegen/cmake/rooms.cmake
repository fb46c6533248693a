# Rooms, and what they are compiled with. Warnings of the project are applied here only.
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

# mtfetch_precompiled(KIND HEADERS <header>... [LINK target...]): headers that are read once for all
# targets of that kind: with mtfetch_use_precompiled(TARGET KIND). Sources include what they use all the
# same, and compile with -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON. One kind takes 60 to 140 MB of disk.
# The compiler refuses a precompiled header made with other options or other macros that matter to
# it: a target uses a kind only if it links what the kind links.
function(mtfetch_precompiled kind)
  cmake_parse_arguments(kind "" "" "HEADERS;LINK" ${ARGN})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/precompiled_${kind}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(mtfetch_precompiled_${kind} OBJECT EXCLUDE_FROM_ALL ${source})
  target_compile_features(mtfetch_precompiled_${kind} PRIVATE cxx_std_20)
  target_link_libraries(mtfetch_precompiled_${kind} PRIVATE mtfetch_flags ${kind_LINK})
  target_precompile_headers(mtfetch_precompiled_${kind} PRIVATE ${kind_HEADERS})
endfunction()

function(mtfetch_use_precompiled target kind)
  target_precompile_headers(${target} REUSE_FROM mtfetch_precompiled_${kind})
endfunction()

set(MTFETCH_STD_HEADERS
  <algorithm> <array> <chrono> <cstddef> <cstdint> <functional> <limits> <map> <memory> <optional> <span>
  <stdexcept> <string> <string_view> <system_error> <utility> <variant> <vector>)
set(MTFETCH_ASIO_HEADERS
  <asio/any_io_executor.hpp> <asio/awaitable.hpp> <asio/bind_cancellation_slot.hpp> <asio/buffer.hpp>
  <asio/cancellation_signal.hpp> <asio/co_spawn.hpp> <asio/detached.hpp> <asio/error.hpp>
  <asio/experimental/awaitable_operators.hpp> <asio/io_context.hpp> <asio/ip/tcp.hpp> <asio/post.hpp>
  <asio/redirect_error.hpp> <asio/steady_timer.hpp> <asio/this_coro.hpp> <asio/use_awaitable.hpp>
  <asio/write.hpp>)
mtfetch_precompiled(std HEADERS ${MTFETCH_STD_HEADERS})
mtfetch_precompiled(asio HEADERS ${MTFETCH_STD_HEADERS} ${MTFETCH_ASIO_HEADERS} LINK mtfetch_asio)

# mtfetch_room(NAME SOURCES... [LINK target...] [PRIVATE_LINK target...] [PRECOMPILED kind]): one
# static library for one room of a floor, so that a wrong arrow fails to link. PRECOMPILED asio is for
# rooms that link mtfetch_asio; the others are of the kind std.
function(mtfetch_room name)
  cmake_parse_arguments(room "" "PRECOMPILED" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  if(NOT room_PRECOMPILED)
    set(room_PRECOMPILED std)
  endif()
  add_library(${name} STATIC ${room_SOURCES})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/mtproto/include>)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_link_libraries(${name} PUBLIC ${room_LINK} PRIVATE mtfetch_flags ${room_PRIVATE_LINK})
  mtfetch_use_precompiled(${name} ${room_PRECOMPILED})
endfunction()
