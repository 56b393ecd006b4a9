// Loads the etcd backend; see etcd/module.hpp.
#include "store/etcd_backend.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <dlfcn.h>
#include <sys/auxv.h>

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

// The folder of the program or shared library that this code is in.
std::filesystem::path own_folder() {
    Dl_info own{};
    Dl_info program{};
    if (::dladdr(std::bit_cast<void*>(&reason), &own) == 0)
        return {};
    // A program's name is as it was typed; its file is not.
    const bool is_program = ::dladdr(std::bit_cast<void*>(::getauxval(AT_PHDR)), &program) != 0 &&
                            program.dli_fbase == own.dli_fbase;
    std::error_code failed;
    const auto file =
        std::filesystem::canonical(is_program ? "/proc/self/exe" : own.dli_fname, failed);
    return failed ? std::filesystem::path{} : file.parent_path();
}

// Absolute paths alone: a bare name would be looked for where others may write.
std::vector<std::filesystem::path> places() {
    std::vector<std::filesystem::path> places;
    if (const auto own = own_folder(); !own.empty())
        places = {own / etcd::module_file,                                       // build tree
                  own / "rebolt" / etcd::module_file,                            // shared library
                  own.parent_path() / REBOLT_MODULE_FOLDER / etcd::module_file}; // program
    places.push_back(std::filesystem::path(REBOLT_PREFIX) / REBOLT_MODULE_FOLDER /
                     etcd::module_file);
    return places;
}

// It stays loaded: gRPC has threads.
Result<void*> load() {
    std::string why;
    for (const std::filesystem::path& path : places()) {
        std::error_code failed;
        if (!std::filesystem::exists(path, failed)) {
            why += fmt::format("{}there is no {}", why.empty() ? "" : "; ", path.string());
            continue;
        }
        if (void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE))
            return module;
        why += fmt::format("{}{}", why.empty() ? "" : "; ", reason());
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

std::optional<std::string> etcd_module_path() {
    std::error_code failed;
    for (const std::filesystem::path& path : places())
        if (std::filesystem::exists(path, failed))
            return path.string();
    return std::nullopt;
}

Result<std::unique_ptr<Store>> open_etcd(const Url& url, const StoreOptions& options) {
    etcd::OpenFunction* const open = TRY(find_open());
    Result<std::unique_ptr<Store>> opened = std::unique_ptr<Store>();
    open(&url, &options, &opened);
    return opened;
}

} // namespace rebolt::store
