#include "docker/address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace rebolt::docker {

std::optional<Cidr> parse_cidr(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string address(text.substr(0, slash));
    Cidr cidr;
    cidr.is_v6 = address.find(':') != std::string::npos;
    const unsigned bits_max = cidr.is_v6 ? 128 : 32;
    if (::inet_pton(cidr.is_v6 ? AF_INET6 : AF_INET, address.c_str(), cidr.bytes.data()) != 1)
        return std::nullopt;
    cidr.prefix_bits = bits_max;
    if (slash == std::string_view::npos)
        return cidr;
    const std::string_view bits = text.substr(slash + 1);
    const auto [end, error] =
        std::from_chars(bits.data(), bits.data() + bits.size(), cidr.prefix_bits);
    if (error != std::errc{} || end != bits.data() + bits.size() || cidr.prefix_bits > bits_max)
        return std::nullopt;
    return cidr;
}

std::string address_of(std::string_view cidr) {
    return std::string(cidr.substr(0, cidr.find('/')));
}

bool overlap(const Cidr& left, const Cidr& right) noexcept {
    if (left.is_v6 != right.is_v6)
        return false;
    unsigned bits = std::min(left.prefix_bits, right.prefix_bits);
    for (std::size_t at = 0; bits > 0; ++at) {
        const unsigned here = std::min(bits, 8U);
        const auto mask = static_cast<std::uint8_t>(0xFFU << (8 - here));
        if (((left.bytes[at] ^ right.bytes[at]) & mask) != 0)
            return false;
        bits -= here;
    }
    return true;
}

} // namespace rebolt::docker
