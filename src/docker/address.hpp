// Addresses and pools: CIDR texts as Go writes them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::docker {

/// An IPv4 or IPv6 address with a prefix.
struct Cidr {
    std::array<std::uint8_t, 16> bytes{}; ///< network byte order; IPv4 in the first four
    bool is_v6 = false;
    unsigned prefix_bits = 0;
};

/// `172.17.0.2/16`, or without a prefix, which is then the whole address.
[[nodiscard]] std::optional<Cidr> parse_cidr(std::string_view text);
/// The address without its prefix: `172.17.0.2`.
[[nodiscard]] std::string address_of(std::string_view cidr);
/// Whether one pool holds the other. Of different families: never.
[[nodiscard]] bool overlap(const Cidr& left, const Cidr& right) noexcept;

} // namespace rebolt::docker
