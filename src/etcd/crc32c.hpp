// CRC-32C (Castagnoli), as Go's hash/crc32 counts it: etcd's checksum of WAL
// records, `.snap` files and HashKV.
#pragma once

#include <cstdint>
#include <string_view>

namespace rebolt::etcd {

/// The checksum of what `before` is the checksum of, followed by `bytes`.
/// `before` 0: of `bytes` alone. Cost: O(bytes).
[[nodiscard]] std::uint32_t crc32c(std::uint32_t before, std::string_view bytes) noexcept;

} // namespace rebolt::etcd
