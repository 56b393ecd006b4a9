# Components: runtime (the program with its manual and completions, and the library if
# it is shared), dev (headers,
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
configure_file(cmake/rebolt-c.pc.in rebolt-c.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/rebolt.pc ${PROJECT_BINARY_DIR}/rebolt-c.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT dev)

# What the program says of itself: manual pages and completions. A cross build cannot run it.
if(REBOLT_PROGRAM AND NOT CMAKE_CROSSCOMPILING)
  set(manual ${PROJECT_BINARY_DIR}/manual)
  file(GLOB written CONFIGURE_DEPENDS docs/man/*)
  add_custom_command(
    OUTPUT ${manual}/stamp
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}
    COMMAND rebolt_exe manual ${manual}/man1
    COMMAND rebolt_exe completion bash >${manual}/rebolt
    COMMAND rebolt_exe completion zsh >${manual}/_rebolt
    COMMAND rebolt_exe completion fish >${manual}/rebolt.fish
    COMMAND ${CMAKE_COMMAND} -E copy ${written} ${manual}
    COMMAND gzip -9n ${manual}/man1/*.1 ${manual}/*.5 ${manual}/*.7
    COMMAND ${CMAKE_COMMAND} -E touch ${manual}/stamp
    DEPENDS rebolt_exe ${written})
  add_custom_target(rebolt_manual ALL DEPENDS ${manual}/stamp)
  # OPTIONAL: a part of the build can be installed too.
  install(DIRECTORY ${manual}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT runtime OPTIONAL)
  install(FILES ${manual}/guard.toml.5.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man5
          COMPONENT runtime OPTIONAL)
  install(FILES ${manual}/rebolt.7.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man7
          COMPONENT runtime OPTIONAL)
  install(FILES ${manual}/rebolt DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
          COMPONENT runtime OPTIONAL)
  install(FILES ${manual}/_rebolt DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
          COMPONENT runtime OPTIONAL)
  install(FILES ${manual}/rebolt.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT runtime OPTIONAL)
endif()
