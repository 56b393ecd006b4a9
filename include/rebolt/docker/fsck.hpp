// fsck: what in Docker's network state does not fit together, though every page
// of the file is sound; what Docker says of it; and how to mend it.
//
//   const std::string root = "/var/lib/docker";
//   auto source = rebolt::PageSource::open(rebolt::docker::network_state_path(root));
//   if (!source)
//       return std::move(source).error();
//   auto state = rebolt::docker::load_network_state(*source);
//   auto containers = rebolt::docker::load_containers(root);
//   if (!state || !containers)
//       return state ? std::move(containers).error() : std::move(state).error();
//   auto report = rebolt::docker::fsck(*state, &*containers);
//   auto plan = rebolt::docker::plan_fsck(*source, report); // see rebolt/edit_plan.hpp
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/network_state.hpp>
#include <rebolt/docker/version.hpp>
#include <rebolt/edit_plan.hpp>
#include <rebolt/result.hpp>

namespace rebolt::docker {

enum class FsckCode : std::uint8_t {
    record_unreadable,
    endpoint_without_network,
    endpoint_without_sandbox,
    endpoint_name_twice,
    endpoint_count_differs,
    endpoint_count_missing,
    endpoint_count_without_network,
    sandbox_without_container,
    sandbox_without_endpoints,
    sandbox_endpoint_missing,
    network_in_deletion,
    network_name_twice,
    pools_overlap,
    pool_missing,
    address_twice,
    bridge_name_twice,
    bridge_missing,
    bridge_without_network,
    bridge_endpoint_without_endpoint,
    container_network_lost,
    container_endpoint_lost,
};
inline constexpr std::size_t fsck_code_count =
    static_cast<std::size_t>(FsckCode::container_endpoint_lost) + 1;

/// The texts of a code.
struct FsckText {
    std::string_view name;    ///< kebab-case, stable: `endpoint-count-differs`
    bool is_damage;           ///< false: worth knowing, and nothing is wrong yet
    std::string_view summary; ///< what is wrong, one clause
};
[[nodiscard]] const FsckText& text_of(FsckCode code) noexcept;
[[nodiscard]] inline std::string_view name_of(FsckCode code) noexcept {
    return text_of(code).name;
}

/// A key that gets a value, or goes.
struct RecordChange {
    std::string key;
    std::optional<std::string> value; ///< nullopt: the key is removed
    std::string what;                 ///< `set the count to 2`
};

struct FsckFinding {
    FsckCode code;
    std::string key;                  ///< of the record that it is about
    std::string message;              ///< names and numbers
    std::string consequence;          ///< what Docker does or says
    std::vector<RecordChange> repair; ///< what mends it by itself; empty: nothing does
    std::vector<std::string> unknown; ///< what a rebuilt record cannot say, a clause each
    bool is_left = false; ///< it would still be there after a repair: a person must decide
};

struct FsckReport {
    VersionRange releases;             ///< whose rules were applied
    std::vector<FsckFinding> findings; ///< of the state as it is
    /// All that a repair writes, in key order: also what mending one thing asks
    /// of others.
    std::vector<RecordChange> changes;
    std::uint64_t damage_count = 0; ///< findings that are damage
    std::uint64_t left_count = 0;   ///< damage that would still be there after a repair
};

/// Looks at the records alone, or compares them with the containers' files.
/// `releases`: of Docker, by whose rules; nullopt: as tell_version() says. What
/// some of them do not hold to is not judged. Cost: O(records × log records).
[[nodiscard]] FsckReport fsck(const NetworkState& state, const Containers* containers = nullptr,
                              const std::optional<VersionRange>& releases = {});

/// The repair as an edit of the file: made by the engine in one transaction on a
/// copy, so that in place it is the file's own bytes that change, and undo()
/// brings them back. Errors: invalid_argument (nothing to repair, the file has
/// physical damage), io, damaged.
[[nodiscard]] Result<EditPlan> plan_fsck(const PageSource& source, const FsckReport& report);

/// Makes a report's changes in a file that nobody else needs yet, in one synced
/// transaction. Errors: lock_timeout, io, damaged, bucket_not_found.
[[nodiscard]] Result<void> mend_records(const std::string& path, const FsckReport& report);

/// A new file with no records, to mend. Errors: io, permission_denied.
[[nodiscard]] Result<void> make_network_state(const std::string& path, std::uint32_t file_mode);

} // namespace rebolt::docker
