// libz, as far as gzip is read. It is loaded when it is wanted: no other command is
// to pay for it. The static program has it in it.
#pragma once

#include <optional>

#include <zlib.h>

namespace rebolt::diagnose {

struct Zlib {
    decltype(&::inflateInit2_) init = nullptr;
    decltype(&::inflate) inflate = nullptr;
    decltype(&::inflateReset) reset = nullptr;
    decltype(&::inflateEnd) end = nullptr;

    /// nullopt: this machine has none. It stays loaded.
    [[nodiscard]] static std::optional<Zlib> load();
};

} // namespace rebolt::diagnose
