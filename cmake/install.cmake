# Components: runtime (the program, and the library if it is shared), dev (headers,
# CMake and pkg-config files, the archive), etcd (the module).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/rebolt)

install(TARGETS rebolt
        EXPORT rebolt-targets
        LIBRARY COMPONENT runtime NAMELINK_COMPONENT dev
        ARCHIVE COMPONENT dev)
if(REBOLT_PROGRAM)
  install(TARGETS rebolt_exe COMPONENT runtime)
  install(DIRECTORY schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/rebolt COMPONENT runtime)
endif()
if(REBOLT_ETCD)
  install(TARGETS rebolt_etcd_module DESTINATION ${REBOLT_MODULE_FOLDER} COMPONENT etcd)
endif()
install(DIRECTORY include/rebolt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(EXPORT rebolt-targets NAMESPACE rebolt:: DESTINATION ${package} COMPONENT dev)
configure_file(cmake/rebolt-config.cmake.in rebolt-config.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rebolt-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rebolt-config.cmake
              ${PROJECT_BINARY_DIR}/rebolt-config-version.cmake
        DESTINATION ${package} COMPONENT dev)
file(RELATIVE_PATH REBOLT_PREFIX_FROM_PKGCONFIG /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/rebolt.pc.in rebolt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/rebolt.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT dev)
