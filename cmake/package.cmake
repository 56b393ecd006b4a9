# Debian packages of the components: rebolt, rebolt-etcd, librebolt-dev. scripts/package
# makes them. The program is REBOLT_PORTABLE, so that one package is for all suites.
set(revision 1)
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL runtime dev)
if(REBOLT_ETCD)
  list(APPEND CPACK_COMPONENTS_ALL etcd)
endif()
set(CPACK_PACKAGE_NAME rebolt)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
# Who makes the packages maintains them, and is named as by Debian's own tools.
if(DEFINED ENV{DEBFULLNAME} AND DEFINED ENV{DEBEMAIL})
  set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
else()
  set(CPACK_PACKAGE_CONTACT "the rebolt authors <authors@rebolt.example>")
endif()
execute_process(
  COMMAND git log -1 --format=%aD
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  OUTPUT_VARIABLE REBOLT_DATE
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${revision})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# rebolt_package(<component> <package> <section> <depends> <summary> <description>)
macro(rebolt_package component name section depends summary description)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${depends}")
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "${summary}\n${description}")
  # What Debian wants beside each package.
  set(folder ${PROJECT_BINARY_DIR}/debian/${name})
  set(REBOLT_PACKAGE ${name})
  configure_file(cmake/debian/changelog.in ${folder}/changelog @ONLY)
  file(
    WRITE ${folder}/copyright
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n${copyright}License: Expat\n${licence}"
  )
  execute_process(COMMAND gzip -9nc ${folder}/changelog OUTPUT_FILE ${folder}/changelog.Debian.gz)
  install(FILES ${folder}/copyright ${folder}/changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component})
endmacro()

# The licence as Debian's copyright format writes it: its holder's line, and its text
# indented.
file(STRINGS ${PROJECT_SOURCE_DIR}/LICENSE lines)
set(copyright "")
set(licence "")
foreach(line IN LISTS lines)
  if(line MATCHES "^Copyright (.*)")
    string(APPEND copyright "Copyright: ${CMAKE_MATCH_1}\n")
  elseif(NOT line MATCHES "^MIT")
    string(APPEND licence " ${line}\n")
  endif()
endforeach()

rebolt_package(
  runtime rebolt admin "" "check, recover and guard bbolt database files"
  "bbolt is the embedded database inside Docker, containerd, BuildKit, etcd,\nConsul, Vault and others. After a power cut a page of such a file can be\nwrong, and the service hangs or panics at its start.\n.\nrebolt says what is wrong and where, brings back what is still there, and\ncan look at a service's files each time before it starts.")
rebolt_package(
  etcd rebolt-etcd admin "rebolt (= ${PROJECT_VERSION}-${revision})"
  "rebolt's store commands on an etcd cluster"
  "With it rebolt store takes etcd:// URLs beside bolt:// ones: keys are read,\nwritten, watched, locked, and copied between a file and a cluster.")
rebolt_package(
  dev librebolt-dev libdevel "" "library that reads, writes, checks and recovers bbolt files"
  "Headers, a static library, and what CMake and pkg-config need to find them.\nThe interface is C++23, and C for reading, checking and recovering.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/prerm
                                               ${PROJECT_SOURCE_DIR}/cmake/debian/postrm)
set(CPACK_DEBIAN_ETCD_PACKAGE_DEPENDS "rebolt (= ${PROJECT_VERSION}-${revision})")

file(GLOB pages CONFIGURE_DEPENDS docs/*.md)
install(FILES README.md ${pages} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/rebolt COMPONENT runtime)
install(DIRECTORY contrib DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/rebolt COMPONENT runtime)
# Neither enabled nor started: that is for who installs it to say.
install(FILES contrib/systemd/rebolt-scrub.service contrib/systemd/rebolt-scrub.timer
        DESTINATION lib/systemd/system COMPONENT runtime)
install(DIRECTORY docs/embedding DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/librebolt-dev/examples
        COMPONENT dev)
include(CPack)
