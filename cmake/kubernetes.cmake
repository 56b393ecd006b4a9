# The fields of Kubernetes' messages are part of the library.
set(REBOLT_KUBERNETES_TABLE ${PROJECT_SOURCE_DIR}/src/etcd/kubernetes_fields.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${REBOLT_KUBERNETES_TABLE})
file(READ ${REBOLT_KUBERNETES_TABLE} REBOLT_KUBERNETES_FIELDS)
configure_file(${PROJECT_SOURCE_DIR}/src/etcd/kubernetes_fields_text.cpp.in
               ${CMAKE_CURRENT_BINARY_DIR}/kubernetes_fields_text.cpp @ONLY)
target_sources(rebolt_etcd PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/kubernetes_fields_text.cpp)
set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/kubernetes_fields_text.cpp
                            PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
