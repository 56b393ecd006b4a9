// The end of a log that a power cut tore, where etcd itself does not see it: a
// record inside one sector whose rest is zeros.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <rebolt/etcd/wal.hpp>

namespace rebolt::etcd {

/// Where to cut the file, if what is wrong with it can only be a last write that
/// did not reach the disk as a whole: behind its last good record stands one that
/// ends in zeros, and nothing but zeros follows. Such a write was never
/// acknowledged. Cost: O(bytes).
[[nodiscard]] std::optional<std::uint64_t> torn_end_of(const std::string& path,
                                                       const WalFile& file);

} // namespace rebolt::etcd
