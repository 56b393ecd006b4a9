# The program rebolt: src/report, src/cli and main.cpp.
find_package(CLI11 REQUIRED)

rebolt_layer(report LIBRARIES nlohmann_json::nlohmann_json)
rebolt_layer(cli LIBRARIES CLI11::CLI11)
# Public headers alone: any of the library's layers may stand behind them.
target_link_libraries(rebolt_cli PUBLIC rebolt_engine rebolt_check rebolt_predict rebolt_salvage rebolt_schema
                                        rebolt_store rebolt_docker rebolt_etcd rebolt_diagnose
                                        rebolt_guard rebolt_forensics)
rebolt_compile_fast(rebolt_cli)
# The page of `rebolt map` is part of the program.
set(REBOLT_MAP_HTML ${PROJECT_SOURCE_DIR}/src/cli/commands/map.html)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${REBOLT_MAP_HTML})
file(READ ${REBOLT_MAP_HTML} REBOLT_MAP_PAGE)
configure_file(${PROJECT_SOURCE_DIR}/src/cli/commands/map_page.cpp.in
               ${CMAKE_CURRENT_BINARY_DIR}/map_page.cpp @ONLY)
target_sources(rebolt_cli PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/map_page.cpp)
set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/map_page.cpp
                            PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
# `rebolt browse`: linked statically, so that no other command loads it.
find_path(REBOLT_NCURSES_HEADERS ncurses.h)
find_library(REBOLT_NCURSES NAMES libncursesw.a)
find_library(REBOLT_TINFO NAMES libtinfo.a)
if(REBOLT_NCURSES_HEADERS AND REBOLT_NCURSES AND REBOLT_TINFO)
  set_source_files_properties(
    ${PROJECT_SOURCE_DIR}/src/cli/terminal_lists.cpp
    PROPERTIES COMPILE_DEFINITIONS REBOLT_NCURSES SKIP_UNITY_BUILD_INCLUSION ON)
  target_include_directories(rebolt_cli SYSTEM PRIVATE ${REBOLT_NCURSES_HEADERS})
  target_link_libraries(rebolt_cli PRIVATE ${REBOLT_NCURSES} ${REBOLT_TINFO})
endif()
# What `rebolt version` says of the build.
execute_process(
  COMMAND git describe --always --dirty --exclude=*
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  OUTPUT_VARIABLE REBOLT_COMMIT
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set_source_files_properties(
  ${PROJECT_SOURCE_DIR}/src/cli/commands/version.cpp
  PROPERTIES COMPILE_DEFINITIONS
             "REBOLT_COMMIT=\"${REBOLT_COMMIT}\";REBOLT_BUILD_TYPE=\"${CMAKE_BUILD_TYPE}\"")

add_executable(rebolt_exe ${PROJECT_SOURCE_DIR}/src/cli/main.cpp)
set_target_properties(rebolt_exe PROPERTIES OUTPUT_NAME rebolt)
target_include_directories(rebolt_exe PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(rebolt_exe PRIVATE rebolt_cli)
rebolt_compile_options(rebolt_exe)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Fewer libraries to load: a command starts in half the time.
  target_link_options(rebolt_exe PRIVATE -static-libstdc++ -static-libgcc)
endif()

# The same program in one file that needs nothing of its machine, and loads nothing:
# X_static.cpp stands for X.cpp, which then stays in its archive.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/diagnose/zlib.cpp
                            PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
if(REBOLT_PORTABLE)
  find_library(REBOLT_ZLIB_ARCHIVE libz.a REQUIRED)
  add_executable(
    rebolt_static_exe EXCLUDE_FROM_ALL
    ${PROJECT_SOURCE_DIR}/src/cli/main.cpp ${PROJECT_SOURCE_DIR}/src/diagnose/zlib_static.cpp
    ${PROJECT_SOURCE_DIR}/src/store/etcd_backend_static.cpp)
  set_target_properties(rebolt_static_exe PROPERTIES OUTPUT_NAME rebolt-static)
  target_include_directories(rebolt_static_exe PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(rebolt_static_exe PRIVATE rebolt_cli ${REBOLT_ZLIB_ARCHIVE})
  rebolt_compile_options(rebolt_static_exe)
  target_compile_options(rebolt_static_exe PRIVATE -fPIE)
  target_link_options(rebolt_static_exe PRIVATE -static-pie LINKER:--gc-sections)
endif()
