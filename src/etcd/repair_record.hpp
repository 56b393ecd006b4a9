// What a repair moved, written down before it is done.
#pragma once

#include <string>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt::etcd {

/// A file that gets another name.
struct FileMove {
    std::string from;
    std::string to;
};

/// `20261128T064512Z`: ends the names of one repair.
[[nodiscard]] std::string repair_time();
/// Writes the record of a repair into the member's folder, synced; returns its
/// path. Errors: io, permission_denied.
[[nodiscard]] Result<std::string> write_repair_record(const std::string& member_folder,
                                                      const std::string& time,
                                                      const std::vector<FileMove>& moves);
/// The newest record's path. Errors: file_not_found.
[[nodiscard]] Result<std::string> newest_repair_record(const std::string& member_folder);
/// Errors: io, invalid_argument (no such record).
[[nodiscard]] Result<std::vector<FileMove>> read_repair_record(const std::string& path);

} // namespace rebolt::etcd
