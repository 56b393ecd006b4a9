# Layers: the folders of src/. Who may link whom is the table of
# docs/architecture.md, which tidy_test holds the #include lines to as well.
set(REBOLT_ARCHITECTURE ${PROJECT_SOURCE_DIR}/docs/architecture.md)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${REBOLT_ARCHITECTURE})

# The layers that `name` may include, as a list.
function(rebolt_row name result)
  file(STRINGS ${REBOLT_ARCHITECTURE} row REGEX "^\\| `${name}` \\|.*\\|.*\\|.*\\|$" LIMIT_COUNT 1)
  if(NOT row)
    message(FATAL_ERROR "docs/architecture.md has no row for the layer ${name}")
  endif()
  string(REPLACE "|" ";" cells "${row}")
  list(GET cells 2 links)
  string(REGEX MATCHALL "[a-z]+" links "${links}")
  set(${result} ${links} PARENT_SCOPE)
endfunction()

# rebolt_layer(<name> [SEPARATE] [LIBRARIES <target>…] [MODULES <folder>…])
#
# Makes the library rebolt_<name> of all sources in src/<name> but main.cpp,
# *_test.cpp, *_static.cpp (see program.cmake), and folders that are modules of their own. Tests stand beside the
# sources and are found by name (see tests/CMakeLists.txt). With REBOLT_UNITY several
# sources are compiled as one, unless SEPARATE: names in them may be the same.
function(rebolt_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 LAYER "SEPARATE" "" "LIBRARIES;MODULES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(_test|_static|/main)\\.cpp$")
  foreach(module IN LISTS LAYER_MODULES)
    list(FILTER sources EXCLUDE REGEX "/src/${name}/${module}/")
  endforeach()
  add_library(rebolt_${name} STATIC ${sources})
  rebolt_compile_options(rebolt_${name})
  if(REBOLT_UNITY AND NOT LAYER_SEPARATE)
    set_target_properties(rebolt_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
  set_target_properties(rebolt_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(
    rebolt_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  rebolt_row(${name} links)
  list(TRANSFORM links PREPEND rebolt_)
  target_link_libraries(rebolt_${name} PUBLIC ${links} Threads::Threads PRIVATE ${REBOLT_FMT}
                                              ${LAYER_LIBRARIES})
endfunction()

function(rebolt_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_23)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                           -Wswitch-enum)
  # GCC 12 warns of its own std::string operator+ (GCC bug 105651).
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
  if(REBOLT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  rebolt_harden(${target})
endfunction()

# What a mistake of ours would be stopped by: it ends the program instead of going on
# with an attacker's bytes. The sanitizers' builds have better.
function(rebolt_harden target)
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_compile_options(${target} PRIVATE -fstack-protector-strong -fstack-clash-protection)
    if(CMAKE_BUILD_TYPE MATCHES "Rel")
      target_compile_options(${target} PRIVATE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
      if(NOT target STREQUAL "rebolt_engine") # it reads pages that are judged, and fast
        target_compile_definitions(${target} PRIVATE _GLIBCXX_ASSERTIONS)
      endif()
    endif()
  endif()
  # Nothing of the tables through which functions are called can be written to.
  target_link_options(${target} PRIVATE LINKER:-z,relro,-z,now,-z,noexecstack)
endfunction()

# For targets whose own code is not what takes time in tests: where sanitizers
# are on, half the time to compile. What is linked after it keeps its own flags.
function(rebolt_compile_fast target)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=address")
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()
