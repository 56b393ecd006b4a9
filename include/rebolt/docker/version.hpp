// version: which Docker last wrote a data root. libnetwork's records gain and
// lose fields from release to release, and what dockerd does with a file changes
// with them: fsck and startup follow the release that is told here.
//
//   auto source = rebolt::PageSource::open("local-kv.db");
//   if (!source)
//       return std::move(source).error();
//   auto state = rebolt::docker::load_network_state(*source);
//   if (!state)
//       return std::move(state).error();
//   const auto releases = rebolt::docker::tell_version(*state);
//   std::puts(rebolt::docker::name_of(releases).c_str()); // Docker 28.2 to 28.5
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::docker {

struct Containers;
struct NetworkState;

struct Version {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t patch = 0;

    auto operator<=>(const Version&) const = default;
};

/// The releases that may have written a file. By default: any.
struct VersionRange {
    Version from{20, 10, 0};
    std::optional<Version> below; ///< nullopt: no end; releases that do not exist yet are in it
    std::string evidence;         ///< what tells it, one clause; empty: nothing does

    [[nodiscard]] bool is_told() const noexcept { return !evidence.empty(); }
};

/// `28`, `28.5`, `28.5.2`, `v28.5.2+dfsg4`: all releases that it names. nullopt if
/// it is none.
[[nodiscard]] std::optional<VersionRange> parse_version(std::string_view text);

/// `Docker 28.2 to 28.5`, `Docker 29 or newer`, `an unknown release of Docker`.
[[nodiscard]] std::string name_of(const VersionRange& range);

/// By the default bridge's record, which each daemon rewrites as it starts; then
/// by the others, which keep the shape of their last writer; then by the
/// containers' files and the data root. Records that rebolt has rebuilt tell
/// nothing. Cost: O(bytes of the records).
[[nodiscard]] VersionRange tell_version(const NetworkState& state,
                                        const Containers* containers = nullptr,
                                        const std::string& data_root = {});

/// The first release of each group in `range` whose releases start alike, oldest
/// first. Never empty.
[[nodiscard]] std::vector<Version> groups_in(const VersionRange& range);

} // namespace rebolt::docker
