// Entries as `journalctl -o export` writes them (systemd's "Journal Export Formats"):
// a field a line, `NAME=value`, or for bytes that are no text a line `NAME`, the
// size as 8 bytes, and the bytes; an empty line ends an entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace rebolt::systemd {

struct JournalEntry {
    std::string message;
    std::string program; ///< SYSLOG_IDENTIFIER
    std::string time;    ///< `2021-12-07T07:44:32Z`; empty if the entry has none
};

class JournalExport {
public:
    /// `read` gets a place for bytes and says how many it filled in; 0: there are no
    /// more. Of a field longer than `field_bytes_max` the rest is left out.
    using Read = std::function<std::size_t(char* to, std::size_t size)>;
    JournalExport(Read read, std::size_t field_bytes_max);

    /// nullopt after the last entry. One that is cut off ends where the bytes end.
    [[nodiscard]] std::optional<JournalEntry> next();

private:
    [[nodiscard]] std::optional<char> next_byte();
    [[nodiscard]] std::string line();
    [[nodiscard]] std::string sized_value();
    void keep(char byte, std::string& text) const;

    Read read_;
    std::size_t field_bytes_max_;
    std::string buffer_;
    std::size_t at_ = 0; ///< in buffer_
    bool is_at_end_ = false;
};

} // namespace rebolt::systemd
