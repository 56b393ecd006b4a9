# rebolt_layer(<name> [LINKS <layer>…] [LIBRARIES <target>…] [MODULES <folder>…])
#
# Makes the library rebolt_<name> of all sources in src/<name> but main.cpp,
# *_test.cpp, and folders that are modules of their own. Tests stand beside the
# sources and are found by name: a test that is not listed cannot exist (see
# tests/CMakeLists.txt).
function(rebolt_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 LAYER "" "" "LINKS;LIBRARIES;MODULES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  foreach(module IN LISTS LAYER_MODULES)
    list(FILTER sources EXCLUDE REGEX "/src/${name}/${module}/")
  endforeach()
  add_library(rebolt_${name} STATIC ${sources})
  rebolt_compile_options(rebolt_${name})
  target_compile_features(rebolt_${name} PUBLIC cxx_std_23)
  target_include_directories(
    rebolt_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(rebolt_${name} PUBLIC Threads::Threads PRIVATE fmt::fmt
                                              ${LAYER_LIBRARIES})
  foreach(layer IN LISTS LAYER_LINKS)
    target_link_libraries(rebolt_${name} PUBLIC rebolt_${layer})
  endforeach()
endfunction()

function(rebolt_compile_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                           -Wswitch-enum)
  # GCC 12 warns of its own std::string operator+ (GCC bug 105651).
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
  if(REBOLT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# For targets whose own code is not what takes time in tests: where sanitizers
# are on, half the time to compile. What is linked after it keeps its own flags.
function(rebolt_compile_fast target)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=address")
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()
