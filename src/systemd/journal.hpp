// A unit's journal, through libsystemd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <rebolt/result.hpp>

namespace rebolt::systemd {

struct JournalQuery {
    std::string unit;   ///< with its suffix
    std::string folder; ///< of journal files; empty: this machine's
    std::uint64_t entries_max;
    std::size_t field_bytes_max; ///< longer fields may be cut off
};

/// The newest entries of a unit, oldest first. It stands on an entry.
class Journal {
public:
    /// Stands on the first entry. Errors: invalid_argument (no libsystemd on this
    /// machine), file_not_found (no entries), permission_denied, io.
    static Result<Journal> open(const JournalQuery& query);

    Journal(Journal&& other) noexcept;
    Journal& operator=(Journal&&) = delete;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal();

    /// Goes to the next entry; false after the last. Errors: io.
    [[nodiscard]] Result<bool> next() const;
    /// A field of this entry; valid until the next call. Empty if it has none.
    [[nodiscard]] std::string_view field(const char* name) const;
    /// `2021-12-07T07:44:32Z`; empty if the entry has none.
    [[nodiscard]] std::string time() const;

private:
    struct Handle;
    explicit Journal(std::unique_ptr<Handle> handle) noexcept;

    std::unique_ptr<Handle> handle_;
};

} // namespace rebolt::systemd
