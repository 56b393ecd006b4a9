// scrub: looks at the bolt files of a host while their programs run, and tells people
// and monitoring what it saw.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/guard.hpp>
#include <rebolt/live_copy.hpp>

namespace rebolt {

enum class ScrubState : std::uint8_t {
    clean,
    damaged,
    not_checked, ///< not readable, no bolt file, or written to faster than it can be read
};

/// `clean`, `damaged`, `not-checked`.
[[nodiscard]] std::string_view name_of(ScrubState state) noexcept;

struct ScrubbedFile {
    std::string path;
    std::string owner; ///< `docker-network`, …; `unknown`
    ScrubState state = ScrubState::not_checked;
    std::string line;           ///< check's sentence, or why it was not checked
    std::uint64_t findings = 0; ///< of severity data and fatal
    // Of the newest transaction; 0 where the file was not checked.
    std::uint64_t pages = 0;
    std::uint64_t free_pages = 0;
    std::uint64_t transaction = 0;
    std::chrono::sys_seconds checked_at{};
    std::chrono::sys_seconds last_recovery{}; ///< by the guard; 0: never
    std::chrono::microseconds took{0};
};

struct ScrubOptions {
    CheckOptions check = {};
    LiveOptions live = {};
    /// The guard's: when it last recovered a file is read there.
    std::string state_folder = GuardOptions{}.state_folder;
};

/// The files of all presets of the guard, and those that `config` names, as far as they
/// are there; sorted. `system`: see GuardPresetOptions.
[[nodiscard]] std::vector<std::string> known_bolt_files(const GuardConfig& config,
                                                        const GuardPresetOptions& system = {});

/// Checks a live copy of one file. Never fails: what went wrong is in the result.
[[nodiscard]] ScrubbedFile scrub_file(const std::string& path, const ScrubOptions& options = {});

/// In Prometheus' text format: rebolt_file_state (0 clean, 1 damaged, 2 not checked),
/// _findings, _pages, _free_pages, _txid, _last_check_seconds and _last_recovery (Unix
/// time; 0: never), by path and owner.
[[nodiscard]] std::string metrics_of(std::span<const ScrubbedFile> files);

/// Writes the metrics so that no reader sees half of them. Errors: io,
/// permission_denied, file_not_found.
Result<void> write_metrics(const std::string& path, std::span<const ScrubbedFile> files);

} // namespace rebolt
