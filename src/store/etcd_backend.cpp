// Loads the etcd backend; see etcd/module.hpp.
#include "store/etcd_backend.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <string>
#include <utility>

#include <dlfcn.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "store/etcd/module.hpp"

namespace rebolt::store {
namespace {

std::string reason() {
    const char* const said = ::dlerror();
    return said == nullptr ? "unknown" : said;
}

Error no_module(const std::string& why) {
    return {ErrorCode::not_supported,
            fmt::format("etcd:// needs the module {}, which is built with -DREBOLT_ETCD=ON and "
                        "installed with rebolt, and Debian's libgrpc++1.51 and "
                        "libprotobuf-lite32: {}",
                        etcd::module_file, why)};
}

// Found by the program's run path, else where rebolt is installed. It stays loaded
// because gRPC has threads.
Result<void*> load() {
    std::string why;
    const std::string installed = fmt::format("{}/{}", REBOLT_MODULE_DIR, etcd::module_file);
    for (const std::string& path : {std::string(etcd::module_file), installed}) {
        if (void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE))
            return module;
        why += (why.empty() ? "" : "; ") + reason();
    }
    return no_module(why);
}

// A library does not print, but a program that asks for gRPC's log, or uses gRPC
// itself, gets it.
bool is_grpc_to_log() {
    return std::getenv("GRPC_VERBOSITY") != nullptr ||
           ::dlsym(RTLD_DEFAULT, "grpc_init") != nullptr;
}

Result<etcd::OpenFunction*> find_open() {
    const bool is_to_log = is_grpc_to_log();
    void* const module = TRY(load());
    void* const build = ::dlsym(module, etcd::build_function);
    void* const be_quiet = ::dlsym(module, etcd::be_quiet_function);
    void* const open = ::dlsym(module, etcd::open_function);
    if (build == nullptr || open == nullptr || be_quiet == nullptr)
        return no_module(reason());
    etcd::Build theirs{.version = {}, .compiler = {}, .url_bytes = 0, .options_bytes = 0};
    std::bit_cast<etcd::BuildFunction*>(build)(&theirs);
    if (theirs != etcd::Build{})
        return no_module(fmt::format("the one that was found is of another build, {} by {}",
                                     theirs.version, theirs.compiler));
    if (!is_to_log)
        std::bit_cast<etcd::BeQuietFunction*>(be_quiet)();
    return std::bit_cast<etcd::OpenFunction*>(open);
}

} // namespace

Result<std::unique_ptr<Store>> open_etcd(const Url& url, const StoreOptions& options) {
    etcd::OpenFunction* const open = TRY(find_open());
    Result<std::unique_ptr<Store>> opened;
    open(&url, &options, &opened);
    return opened;
}

} // namespace rebolt::store
