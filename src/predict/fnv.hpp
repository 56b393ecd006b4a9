// FNV-1a, 64 bit, fed piece by piece.
#pragma once

#include <cstdint>
#include <string_view>

namespace rebolt::predict {

class Fnv {
public:
    void add(std::string_view bytes) noexcept {
        for (const char c : bytes) {
            hash_ ^= static_cast<unsigned char>(c);
            hash_ *= 0x100000001b3U;
        }
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return hash_; }

private:
    std::uint64_t hash_ = 0xcbf29ce484222325U;
};

} // namespace rebolt::predict
