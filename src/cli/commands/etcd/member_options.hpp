// What the commands of `rebolt etcd` share.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"

#include <rebolt/etcd/member.hpp>

#include "cli/json_output.hpp"
#include "cli/options.hpp"

namespace rebolt::cli {

void set_up_etcd_status(Arguments arguments);
void set_up_etcd_repair(Arguments arguments);
void set_up_etcd_hash(Arguments arguments);
void set_up_etcd_verify(Arguments arguments);
void set_up_etcd_keys(Arguments arguments);
void set_up_etcd_get(Arguments arguments);
void set_up_etcd_history(Arguments arguments);

/// Options of a command that takes a member's folder.
struct MemberCommandOptions {
    CommonOptions common; ///< `file` is the folder
    std::string wal_folder;
    std::string release; ///< `3.5`; empty: what the files say

    /// Adds DIR, --wal-dir, --release and what all commands have.
    void add_to(Arguments arguments);
    [[nodiscard]] etcd::MemberOptions member() const;
    /// The release that was given, or the one that the files name.
    [[nodiscard]] etcd::Release release_of(const etcd::MemberFiles& files) const;
};

/// The newest state of a database file that a command shows; says on stderr what
/// of it is missing. Errors: as PageSource::open; damaged (no state can be read).
struct ShownDatabase {
    PageSource source;
    std::vector<etcd::DatabaseState> states;

    [[nodiscard]] const etcd::DatabaseState& state() const { return states.front(); }
};
[[nodiscard]] Result<ShownDatabase> open_shown_database(const CommonOptions& options);

/// `entries 3 to 9`, `1 entry`, …
[[nodiscard]] std::string entries_text(std::uint64_t first, std::uint64_t last);
[[nodiscard]] Document hash_json(const etcd::KeyspaceHash& hash);

} // namespace rebolt::cli
