// Backups of a file in a folder: each one checked, so many kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/tx.hpp>

namespace rebolt {

struct BackupFolder {
    std::string folder;
    std::string name;     ///< of the file that is backed up: backups are NAME.backup-<UTC time>
    std::size_t kept = 7; ///< at least 1; older ones are removed
    /// Told bytes written and bytes in all; returns false to cancel.
    std::function<bool(std::uint64_t, std::uint64_t)> progress = {};
};

struct KeptBackup {
    std::string path;
    TxId transaction{};
    std::uint64_t file_bytes = 0;
    std::size_t kept = 0; ///< there are now, this one among them
    std::vector<std::string> removed;
};

/// Copies the transaction's state into a new file in the folder, which must be there;
/// checks it, and only then removes the oldest backups of this name beyond what is to be
/// kept. A copy that is not clean is removed, and all others stay. Errors: damaged (the
/// copy is not clean), those of Tx::copy_file, invalid_argument.
[[nodiscard]] Result<KeptBackup> back_up(const Tx& tx, const BackupFolder& where);

} // namespace rebolt
