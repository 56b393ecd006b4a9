// bbolt's lock: one flock on the file, LOCK_SH for a reader, LOCK_EX for a
// writer, taken without blocking and tried again at least every 10 ms.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

enum class LockMode : bool { shared, exclusive };

/// Takes the lock; it is held until `file` is closed.
/// `timeout`: how long to try; nullopt: forever, but not for this very process; 0: once.
/// Errors: lock_timeout, naming who may hold it; io.
[[nodiscard]] Result<void> lock(const File& file, LockMode mode,
                                std::optional<std::chrono::milliseconds> timeout);

/// The processes that hold an flock on the file, as far as the system tells:
/// `dockerd (process 812)`, joined by commas; empty if none is known. Looks
/// into /proc/locks: other hosts and other pid namespaces are not seen.
[[nodiscard]] std::string lock_holders(const File& file);

} // namespace rebolt::io
