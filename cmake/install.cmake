include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS rebolt rebolt_base rebolt_format rebolt_io rebolt_engine rebolt_check rebolt_salvage rebolt_schema
                rebolt_store rebolt_systemd rebolt_guard rebolt_docker rebolt_diagnose
        EXPORT rebolt-targets)
install(TARGETS rebolt_exe)
install(DIRECTORY include/rebolt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT rebolt-targets NAMESPACE rebolt:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rebolt)
file(WRITE ${PROJECT_BINARY_DIR}/rebolt-config.cmake
     "include(CMakeFindDependencyMacro)\nfind_dependency(Threads)\nfind_dependency(fmt)\n"
     "find_dependency(nlohmann_json)\n"
     "include(\"\${CMAKE_CURRENT_LIST_DIR}/rebolt-targets.cmake\")\n")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rebolt-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rebolt-config.cmake
              ${PROJECT_BINARY_DIR}/rebolt-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rebolt)
