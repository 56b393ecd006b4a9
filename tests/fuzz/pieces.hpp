// An input taken apart: numbers and texts, one after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rebolt::fuzz {

class Pieces {
public:
    explicit Pieces(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] bool is_empty() const noexcept { return bytes_.empty(); }
    [[nodiscard]] std::string_view rest() const noexcept { return bytes_; }
    /// The next bytes, at most so many.
    std::string_view take(std::size_t count) {
        const std::string_view piece = bytes_.substr(0, count);
        bytes_.remove_prefix(piece.size());
        return piece;
    }
    /// A byte; 0 at the end.
    std::uint8_t number() {
        const std::string_view piece = take(1);
        return piece.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(piece.front());
    }
    /// As many bytes as the two before them say.
    std::string_view sized() {
        const std::size_t low = number();
        return take(low + std::size_t{number()} * 256);
    }

private:
    std::string_view bytes_;
};

} // namespace rebolt::fuzz
