// A unit's journal as a log.
#include <rebolt/diagnose.hpp>

#include "base/try.hpp"
#include "systemd/journal.hpp"
#include "systemd/unit_name.hpp"

namespace rebolt::diagnose {
namespace {

// A message of several lines is several lines.
void add_message(LogScan& scan, std::string_view message, const LineOrigin& origin) {
    for (;;) {
        const std::size_t end = message.find('\n');
        scan.add_line(message.substr(0, end), origin);
        if (end == std::string_view::npos)
            return;
        message.remove_prefix(end + 1);
    }
}

} // namespace

Result<ScanReport> scan_journal(const JournalOptions& options, const ScanProgress& progress) {
    const std::string unit = systemd::unit_name(options.unit);
    systemd::Journal journal =
        TRY(systemd::Journal::open({.unit = unit,
                                    .folder = options.folder,
                                    .entries_max = options.entries_max,
                                    .field_bytes_max = LogScan::line_bytes_max * 4}));
    LogScan scan("the journal of " + unit);
    std::uint64_t done = 0;
    while (const auto entry = TRY(journal.next())) {
        add_message(scan, entry->message, {.program = entry->program, .time = entry->time});
        constexpr std::uint64_t step = 1024;
        ++done;
        if (done % step == 0 && progress && !progress(done))
            return Error(ErrorCode::cancelled, "cancelled while reading the journal");
    }
    return scan.finish();
}

} // namespace rebolt::diagnose
