// Between the library and librebolt_etcd.so. gRPC takes longer to load than most
// commands to run, and needs packages that a program without etcd does not want:
// so the etcd backend is a module, loaded with the first etcd:// that is opened.
//
// Both sides are built together. What crosses the border is C++, so the module
// says what it was built from, and another build's is refused.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>
#include <rebolt/version.hpp>

#include "store/url.hpp"

namespace rebolt::store::etcd {

constexpr const char* module_file = "librebolt_etcd.so";

/// Names of the module's functions.
constexpr const char* build_function = "rebolt_etcd_build";
constexpr const char* be_quiet_function = "rebolt_etcd_be_quiet";
constexpr const char* open_function = "rebolt_etcd_open";

struct Build {
    std::string_view version = rebolt::version();
    std::string_view compiler = __VERSION__;
    std::size_t url_bytes = sizeof(Url);
    std::size_t options_bytes = sizeof(StoreOptions);
    bool operator==(const Build&) const = default;
};

using BuildFunction = void(Build* into);
/// Keeps gRPC from writing to stderr: for a program that does not use it itself.
using BeQuietFunction = void();
using OpenFunction = void(const Url* url, const StoreOptions* options,
                          Result<std::unique_ptr<Store>>* into);

} // namespace rebolt::store::etcd
