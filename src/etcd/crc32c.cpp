#include "etcd/crc32c.hpp"

#include <array>
#include <cstddef>

#include <rebolt/bytes.hpp>

namespace rebolt::etcd {
namespace {

constexpr std::uint32_t polynomial = 0x82F6'3B78; // reflected
constexpr std::size_t lanes = 8;                  // bytes a step

using Table = std::array<std::uint32_t, 256>;

// tables[0] takes one byte; tables[n] takes a byte that n others follow.
constexpr std::array<Table, lanes> make_tables() {
    std::array<Table, lanes> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum & 1U) != 0 ? (sum >> 1U) ^ polynomial : sum >> 1U;
        tables[0][byte] = sum;
    }
    for (std::size_t lane = 1; lane < lanes; ++lane)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t sum = tables[lane - 1][byte];
            tables[lane][byte] = (sum >> 8U) ^ tables[0][sum & 0xFFU];
        }
    return tables;
}
constexpr std::array<Table, lanes> tables = make_tables();

std::uint32_t step(std::uint32_t sum, std::uint64_t eight) noexcept {
    const std::uint64_t mixed = eight ^ sum;
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < lanes; ++i)
        next ^= tables[lanes - 1 - i][(mixed >> (8 * i)) & 0xFFU];
    return next;
}

} // namespace

std::uint32_t crc32c(std::uint32_t before, std::string_view bytes) noexcept {
    std::uint32_t sum = ~before;
    std::size_t at = 0;
    for (; at + lanes <= bytes.size(); at += lanes)
        sum = step(sum, load<std::uint64_t>(as_bytes(bytes).data() + at));
    for (; at < bytes.size(); ++at)
        sum = (sum >> 8U) ^ tables[0][(sum ^ static_cast<unsigned char>(bytes[at])) & 0xFFU];
    return ~sum;
}

} // namespace rebolt::etcd
