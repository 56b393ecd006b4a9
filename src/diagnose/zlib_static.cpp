#include "diagnose/zlib.hpp"

namespace rebolt::diagnose {

std::optional<Zlib> Zlib::load() {
    return Zlib{.init = ::inflateInit2_,
                .inflate = ::inflate,
                .reset = ::inflateReset,
                .end = ::inflateEnd};
}

} // namespace rebolt::diagnose
