// startup: walks local-kv.db the way dockerd's start does.
//
// NewDaemon, restore, initNetworkController, libnetwork.New: the drivers'
// stores, reservePools, sandboxCleanup, networkCleanup. Each List of libnetwork
// is one scan by prefix; which prefixes, and in what order, is reproduced for each
// release, with that release's bbolt's own cursor. Where the real daemon would
// stop, panic or loop is said, in its words; this walk always ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/docker/version.hpp>
#include <rebolt/id.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt::docker {

enum class FateKind : std::uint8_t {
    error, ///< dockerd gets an error and exits with it
    panic, ///< Go panics, or the system kills it for a bad address
    loop,  ///< it never ends, and eats memory
};

/// `error`, `panic`, `loop`.
[[nodiscard]] std::string_view name_of(FateKind kind) noexcept;

/// How a step ends badly.
struct Fate {
    FateKind kind = FateKind::error;
    std::string words; ///< Go's, bbolt's or Docker's own
    std::string key;   ///< of the record that ends it; empty: none does
    std::optional<PageId> page;
    std::vector<PageId> path; ///< pages from the root down
};

/// One step of the start.
struct StartupStep {
    std::string place;  ///< the function that does it: `bridge.populateNetworks`
    std::string prefix; ///< that is listed, behind `docker/network/v1.0/`; may be empty
    std::uint64_t objects = 0;
    std::uint64_t pages = 0; ///< that the cursor entered
    std::chrono::nanoseconds time{};
    bool is_cached = false;            ///< answered from an earlier List
    std::vector<std::string> messages; ///< what dockerd would log, in its words
};

struct StartupReport {
    Version version;                 ///< whose start this is
    std::vector<StartupStep> steps;  ///< the last is where it stops, if it does
    std::optional<Fate> fate;        ///< why it stops; nullopt: it starts
    std::uint64_t networks = 0;      ///< that dockerd knows at the end
    std::uint64_t networks_lost = 0; ///< records that it passes over or never sees
    /// What the daemon's last line would be; empty if it starts.
    std::string last_words;
    /// It reads all it needs, but the tree that its first changes go to is
    /// damaged, in these words: bbolt may panic when it writes. Empty: it is not.
    std::string writes_meet;
};

/// Walks the start, of the oldest release that can have written the file, or of
/// one that is named. Networks are taken in key order; the daemon takes them in
/// Go's random order. Errors: none by damage, that is in the report; io.
/// Cost: as the daemon's own start on a sound file; bounded on any other.
[[nodiscard]] Result<StartupReport> walk_startup(const PageSource& source,
                                                 std::optional<Version> version = {});

} // namespace rebolt::docker
