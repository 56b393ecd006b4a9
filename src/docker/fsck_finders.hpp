// The finders of fsck: each looks for one sort of damage.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rebolt/docker/fsck.hpp>

namespace rebolt::docker {

/// What the finders look at, and what they found.
struct FsckWork {
    const NetworkState& state;
    const Containers* containers; ///< null: the records alone
    const VersionRange& releases;
    std::vector<FsckFinding> findings;
    /// Networks and endpoints that containers still name: what is left of them
    /// is needed to rebuild them.
    std::set<std::string> wanted = {};

    [[nodiscard]] bool is_wanted(const std::string& id) const { return wanted.contains(id); }
    void add(FsckCode code, const std::string& key, std::string message, std::string consequence,
             std::vector<RecordChange> repair = {}) {
        findings.push_back(
            {code, key, std::move(message), std::move(consequence), std::move(repair), {}, false});
    }
};

/// Removes a record.
[[nodiscard]] RecordChange removal(const std::string& key, std::string what);
/// Writes a record under the key of its kind.
[[nodiscard]] RecordChange writing(const Record& record, std::string what);
/// `name (0123456789ab)`.
[[nodiscard]] std::string named(const std::string& name, const std::string& id);

/// A network that each daemon makes for itself, by its name.
[[nodiscard]] bool is_default_network(const std::string& name);

void find_endpoint_damage(FsckWork& work);
void find_count_damage(FsckWork& work);
void find_sandbox_damage(FsckWork& work);
void find_network_damage(FsckWork& work);
void find_bridge_damage(FsckWork& work);
void find_lost_records(FsckWork& work);

/// All of them, in the order of their codes.
[[nodiscard]] std::vector<FsckFinding>
find_all(const NetworkState& state, const Containers* containers, const VersionRange& releases);

} // namespace rebolt::docker
