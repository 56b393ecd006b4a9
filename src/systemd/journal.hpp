// A unit's journal, through journalctl: it reads all versions of journal files that
// its machine has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <rebolt/result.hpp>

#include "systemd/journal_export.hpp"

namespace rebolt::systemd {

struct JournalQuery {
    std::string unit;   ///< with its suffix
    std::string folder; ///< of journal files; empty: this machine's
    std::uint64_t entries_max;
    std::size_t field_bytes_max; ///< longer fields are cut off
};

/// The newest entries of a unit, oldest first.
class Journal {
public:
    /// Errors: invalid_argument (there is no journalctl on this machine).
    static Result<Journal> open(const JournalQuery& query);

    Journal(Journal&& other) noexcept;
    Journal& operator=(Journal&&) = delete;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal();

    /// nullopt after the last. Errors, instead of the first: file_not_found (there are
    /// none), io (what journalctl says).
    [[nodiscard]] Result<std::optional<JournalEntry>> next();

private:
    struct Process;
    explicit Journal(std::unique_ptr<Process> process) noexcept;

    std::unique_ptr<Process> process_;
};

} // namespace rebolt::systemd
