// Writes the `db` that a repair puts in place.
#pragma once

#include <string>

#include <rebolt/etcd/repair.hpp>

namespace rebolt::etcd {

/// Makes the file at `path`, synced, and looks at what was written: it must be
/// whole, and the state that was meant. What stands at `path` is replaced. Errors: io,
/// permission_denied, damaged.
[[nodiscard]] Result<void> write_database(const NewDatabase& database, const std::string& path);

} // namespace rebolt::etcd
