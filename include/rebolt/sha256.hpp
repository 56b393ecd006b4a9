// SHA-256 (FIPS 180-4): shows that contents are equal without showing them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rebolt {

/// Takes bytes piece by piece. Memory: O(1).
class Sha256 {
public:
    /// Cost: O(bytes).
    void add(std::string_view bytes);
    /// Of all that was added: 64 hex digits. Nothing may be added after it.
    [[nodiscard]] std::string hex();

private:
    // The first 32 bits of the fractional parts of the first 8 primes' square roots.
    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::string rest_; ///< less than a block
    std::uint64_t bytes_ = 0;
};

/// 64 hex digits. Cost: O(bytes).
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace rebolt
