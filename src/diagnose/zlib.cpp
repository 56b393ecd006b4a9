#include <bit>

#include <dlfcn.h>

#include "diagnose/zlib.hpp"

namespace rebolt::diagnose {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
    void* const at = ::dlsym(library, name);
    function = std::bit_cast<Function>(at);
    return at != nullptr;
}

} // namespace

std::optional<Zlib> Zlib::load() {
    void* const library = ::dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
    Zlib zlib;
    const bool has_all = library != nullptr && find(library, "inflateInit2_", zlib.init) &&
                         find(library, "inflate", zlib.inflate) &&
                         find(library, "inflateReset", zlib.reset) &&
                         find(library, "inflateEnd", zlib.end);
    return has_all ? std::optional(zlib) : std::nullopt;
}

} // namespace rebolt::diagnose
