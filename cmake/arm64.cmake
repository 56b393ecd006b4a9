# Cross-builds for arm64 with Debian's compiler. Of the build machine only headers are
# used, which are the same for all.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
file(GLOB fmt_DIR /usr/lib/*/cmake/fmt)
