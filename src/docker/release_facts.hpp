// What differs from release to release of Docker: one table a fact, with a value
// for each range of releases. By the sources of moby and bbolt at their tags, and
// by runs of dockerd 20.10.24, 26.1.5 and 28.5.2 (docs/docker.md, Releases).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <rebolt/docker/version.hpp>

namespace rebolt::docker {

/// From `from` on, until the next one in the table.
template <class T>
struct Since {
    Version from;
    T value;
};
template <class T, std::size_t N>
using Fact = std::array<Since<T>, N>;

namespace release {
inline constexpr Version v20_10{20, 10, 0};
inline constexpr Version v23{23, 0, 0};
inline constexpr Version v23_0_2{23, 0, 2};
inline constexpr Version v24{24, 0, 0};
inline constexpr Version v25{25, 0, 0};
inline constexpr Version v26{26, 0, 0};
inline constexpr Version v27{27, 0, 0};
inline constexpr Version v28{28, 0, 0};
inline constexpr Version v28_1{28, 1, 0};
inline constexpr Version v28_2{28, 2, 0};
inline constexpr Version v29{29, 0, 0};
/// Nothing is known from here on.
inline constexpr Version unknown{30, 0, 0};

/// The first of each group that is alike in all facts, and the last by name.
struct Group {
    Version from;
    std::string_view last;
};
inline constexpr std::array<Group, 11> groups{{{v20_10, "20.10"},
                                               {v23, "23.0"},
                                               {v23_0_2, "23.0"},
                                               {v24, "24.0"},
                                               {v25, "25.0"},
                                               {v26, "26.1"},
                                               {v27, "27.5"},
                                               {v28, "28.0"},
                                               {v28_1, "28.1"},
                                               {v28_2, "28.5"},
                                               {v29, "29.7"}}};
} // namespace release

/// The value in `version`; before the table begins, the first.
template <class T, std::size_t N>
constexpr T value_in(const Fact<T, N>& fact, const Version& version) {
    T value = fact.front().value;
    for (const Since<T>& since : fact)
        if (since.from <= version)
            value = since.value;
    return value;
}

/// The value that all releases of a range have; nullopt if they differ. Of one
/// that is newer than what is known: the value that all that are known have.
template <class T, std::size_t N>
std::optional<T> value_in(const Fact<T, N>& fact, const VersionRange& range) {
    const bool is_known = range.from < release::unknown;
    const Version from = is_known ? range.from : Version{};
    const T value = value_in(fact, from);
    for (const Since<T>& since : fact)
        if (since.from > from && (!is_known || !range.below || since.from < *range.below) &&
            since.value != value)
            return std::nullopt;
    return value;
}

namespace release::fact {
using Text = std::string_view;

// The file.

/// bbolt 1.3.7: each page that is entered must name itself, and its kind; a meta
/// without a checksum is none; the page size is found without the first meta.
inline constexpr Fact<bool, 2> bbolt_checks_pages{{{v20_10, false}, {v23_0_2, true}}};
/// One handle for the daemon's life, which keeps the file locked.
inline constexpr Fact<bool, 2> holds_lock{{{v20_10, false}, {v26, true}}};
/// How long it waits for another program's lock.
inline constexpr Fact<Text, 2> lock_wait{
    {{v20_10, "waits a minute, then says `timeout`"},
     {v28, "does not wait: `boltdb file {} is already open`"}}};

// Endpoint counts.

/// Each network's count is read at start. A network without one is passed over,
/// and removing it panics.
inline constexpr Fact<bool, 2> counts_are_read{{{v20_10, true}, {v28_1, false}}};
/// A count says something of a file at rest: later releases leave 0 in it, or
/// what an older daemon left. 28.0 cannot be told from 28.1.
inline constexpr Fact<bool, 2> counts_are_kept{{{v20_10, true}, {v28, false}}};
/// All counts are scanned at once, too: always, or where an old daemon's marker is.
enum class CountMap : std::uint8_t { always, if_marked, never };
inline constexpr Fact<CountMap, 3> count_map{
    {{v20_10, CountMap::always}, {v25, CountMap::if_marked}, {v28_1, CountMap::never}}};

// The drivers.

inline constexpr Fact<bool, 2> overlay_is_listed{{{v20_10, true}, {v24, false}}};
/// 20.10 swallows the errors of ipvlan and macvlan.
inline constexpr Fact<bool, 2> vlan_errors_end_it{{{v20_10, false}, {v23, true}}};
/// What a driver's error becomes: driver, error.
inline constexpr Fact<Text, 2> driver_error{
    {{v20_10, "{1}"}, {v25, "failed to register \"{0}\" driver: {1}"}}};
/// The error of bolt.Open.
inline constexpr Fact<Text, 4> open_error{
    {{v20_10, "failed to get bridge network configurations from store: error while populating "
              "kmap: {}"},
     {v25, "failed to register \"bridge\" driver: failed to get bridge network configurations "
           "from store: error while populating kmap: {}"},
     {v26, "{}"},
     {v27, "libnet controller initialization: {}"}}};

// The controller.

/// A network whose pool is another's, with endpoints: a nil pointer.
inline constexpr Fact<bool, 2> pool_clash_panics{{{v20_10, true}, {v29, false}}};
/// A network that was asked for more pools than it was given.
inline constexpr Fact<bool, 2> missing_pool_panics{{{v20_10, true}, {v29, false}}};
inline constexpr Fact<Text, 2> pool_clash{
    {{v20_10, "Pool overlaps with other one on this address space"},
     {v28_1, "invalid pool request: Pool overlaps with other one on this address space"}}};
/// Of a network's endpoints none can be listed.
inline constexpr Fact<Text, 2> endpoints_unread{
    {{v20_10, "(debug) failed to get endpoints of network {}: {}"},
     {v24, "Failed to retrieve list of current endpoints on network {}: {}"}}};
inline constexpr Fact<Text, 2> sandboxes_unread{
    {{v20_10, "failed to get sandboxes for scope local: {}"},
     {v25, "error during sandbox cleanup: failed to get sandboxes: {}"}}};
/// sandbox, container
inline constexpr Fact<Text, 2> stale_sandbox{
    {{v20_10, "Removing stale sandbox {0} ({1})"},
     {v28_1, "Removing stale sandbox cid={1} isRestore=false sid={0}"}}};
/// A sandbox names a network that is gone: network.
inline constexpr Fact<Text, 2> sandbox_network_gone{
    {{v20_10, "getNetworkFromStore for nid {0} failed while trying to build sandbox for cleanup: "
              "network {0} not found"},
     {v28_2, "Failed to restore endpoint, getNetworkFromStore failed (network {0} not found)"}}};
inline constexpr Fact<bool, 2> sandbox_of_gone_network_stays{{{v20_10, true}, {v28_2, false}}};
/// A sandbox names an endpoint that is gone: endpoint.
inline constexpr Fact<Text, 2> sandbox_endpoint_gone{
    {{v20_10, "getEndpointFromStore for eid {0} failed while trying to build sandbox for cleanup: "
              "could not find endpoint {0}: []"},
     {v28_2, "Failed to restore endpoint, getEndpointFromStore failed (could not find endpoint "
             "{0}: [])"}}};

// The default networks.

/// A default bridge's record whose network is gone: bridge id.
inline constexpr Fact<bool, 2> stale_default_bridge_ends_it{{{v20_10, false}, {v25, true}}};
/// A bad network record: the error.
inline constexpr Fact<Text, 3> default_network_error{
    {{v20_10, "Error creating default \"null\" network: failed to update store for object type "
              "*libnetwork.network: {}"},
     {v23, "error creating default \"null\" network: failed to update store for object type "
           "*libnetwork.network: {}"},
     {v25, "error creating default \"none\" network: failed to update store for object type "
           "*libnetwork.Network: {}"}}};

// What users meet later.

/// `docker network rm` with endpoints: name, id.
inline constexpr Fact<Text, 2> network_in_use{
    {{v20_10, "error while removing network: network {0} id {1} has active endpoints"},
     {v28_1, "network {0} has active endpoints"}}};
/// No pool is left: IP version.
inline constexpr Fact<Text, 2> no_pool_left{
    {{v20_10, "could not find an available, non-overlapping IPv{} address pool among the defaults "
              "to assign to the network"},
     {v27, "all predefined address pools have been fully subnetted"}}};
/// Two networks of one name may be made.
inline constexpr Fact<bool, 2> names_may_repeat{{{v20_10, true}, {v25, false}}};
} // namespace release::fact
namespace fact = release::fact;

} // namespace rebolt::docker
