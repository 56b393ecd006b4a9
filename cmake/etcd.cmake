# The etcd backend: the module librebolt_etcd.so, loaded with the first etcd://
# that is opened (see src/store/etcd/module.hpp), so that nothing else waits for
# gRPC, neither to build nor to start.
include(GNUInstallDirs)
set(REBOLT_MODULE_FOLDER ${CMAKE_INSTALL_LIBDIR}/rebolt) # below the prefix
set_source_files_properties(
  ${PROJECT_SOURCE_DIR}/src/store/etcd_backend.cpp
  PROPERTIES COMPILE_DEFINITIONS
             "REBOLT_PREFIX=\"${CMAKE_INSTALL_PREFIX}\";REBOLT_MODULE_FOLDER=\"${REBOLT_MODULE_FOLDER}\"")

find_program(REBOLT_GRPC_PLUGIN grpc_cpp_plugin)
if(REBOLT_GRPC_PLUGIN AND PROJECT_IS_TOP_LEVEL)
  set(has_grpc ON)
else()
  set(has_grpc OFF)
endif()
option(REBOLT_ETCD "Build the etcd backend (gRPC, protobuf); by default where gRPC is" ${has_grpc})
if(NOT REBOLT_ETCD)
  return()
endif()

find_program(REBOLT_PROTOC protoc REQUIRED)
find_path(REBOLT_GRPC_HEADERS grpcpp/grpcpp.h REQUIRED)
find_library(REBOLT_GRPCPP grpc++ REQUIRED)
find_library(REBOLT_GRPC grpc REQUIRED)
find_library(REBOLT_GPR gpr REQUIRED)
find_library(REBOLT_ABSL_SYNCHRONIZATION absl_synchronization REQUIRED) # in gRPC's headers
find_library(REBOLT_PROTOBUF_LITE protobuf-lite REQUIRED)

set(folder ${PROJECT_SOURCE_DIR}/src/store/etcd)
set(generated ${PROJECT_BINARY_DIR}/generated)
set(outputs rpc.pb.cc rpc.pb.h rpc.grpc.pb.cc rpc.grpc.pb.h kv.pb.cc kv.pb.h)
list(TRANSFORM outputs PREPEND ${generated}/etcd_rpc/)
add_custom_command(
  OUTPUT ${outputs}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}/etcd_rpc
  COMMAND ${REBOLT_PROTOC} -I ${folder} --cpp_out=${generated}/etcd_rpc
          --grpc_out=${generated}/etcd_rpc --plugin=protoc-gen-grpc=${REBOLT_GRPC_PLUGIN}
          rpc.proto
  COMMAND ${REBOLT_PROTOC} -I ${folder} --cpp_out=${generated}/etcd_rpc kv.proto
  DEPENDS ${folder}/rpc.proto ${folder}/kv.proto
  VERBATIM)
add_custom_target(rebolt_etcd_generated DEPENDS ${outputs}) # for scripts/tidy
# Not ours to lint, so without our warnings.
add_library(rebolt_etcd_rpc STATIC ${outputs})
set_target_properties(rebolt_etcd_rpc PROPERTIES POSITION_INDEPENDENT_CODE ON
                                                 CXX_VISIBILITY_PRESET hidden
                                                 EXPORT_COMPILE_COMMANDS OFF)
target_include_directories(rebolt_etcd_rpc SYSTEM PUBLIC ${generated} ${REBOLT_GRPC_HEADERS})
target_link_libraries(
  rebolt_etcd_rpc PUBLIC ${REBOLT_GRPCPP} ${REBOLT_GRPC} ${REBOLT_GPR} ${REBOLT_PROTOBUF_LITE}
                         ${REBOLT_ABSL_SYNCHRONIZATION} Threads::Threads)

file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
# What all stores have in common, of which the program's copy is not seen.
add_library(
  rebolt_etcd_module MODULE ${sources} ${PROJECT_SOURCE_DIR}/src/store/store.cpp
                     ${PROJECT_SOURCE_DIR}/src/store/pair_list.cpp)
rebolt_compile_options(rebolt_etcd_module)
target_include_directories(rebolt_etcd_module PRIVATE ${PROJECT_SOURCE_DIR}/include
                                               ${PROJECT_SOURCE_DIR}/src)
set_target_properties(rebolt_etcd_module PROPERTIES OUTPUT_NAME rebolt_etcd
                                             CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON
                                             LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_libraries(rebolt_etcd_module PRIVATE rebolt_base rebolt_etcd_rpc ${REBOLT_FMT})
target_link_options(rebolt_etcd_module PRIVATE LINKER:--exclude-libs,ALL)
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize") # whose library the program brings
  target_link_options(rebolt_etcd_module PRIVATE LINKER:--no-undefined)
endif()

# Programs of the build tree find it beside themselves.
add_custom_command(
  TARGET rebolt_etcd_module POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E make_directory tests bench
  COMMAND ${CMAKE_COMMAND} -E create_symlink ../$<TARGET_FILE_NAME:rebolt_etcd_module> tests/$<TARGET_FILE_NAME:rebolt_etcd_module>
  COMMAND ${CMAKE_COMMAND} -E create_symlink ../$<TARGET_FILE_NAME:rebolt_etcd_module> bench/$<TARGET_FILE_NAME:rebolt_etcd_module>
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
  VERBATIM)
