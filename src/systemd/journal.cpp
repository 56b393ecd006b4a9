#include "systemd/journal.hpp"

#include <cerrno>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/subprocess.hpp"

namespace rebolt::systemd {
namespace {

// Entries of the unit's processes, and systemd's own about the unit.
std::vector<std::string> command_of(const JournalQuery& query) {
    std::vector<std::string> command{"journalctl",
                                     "--quiet",
                                     "--no-pager",
                                     "--output=export",
                                     fmt::format("--lines={}", query.entries_max),
                                     "_SYSTEMD_UNIT=" + query.unit,
                                     "+",
                                     "UNIT=" + query.unit};
    if (!query.folder.empty())
        command.push_back("--directory=" + query.folder);
    return command;
}

std::size_t read_some(int descriptor, char* to, std::size_t size) {
    ssize_t count = -1;
    do
        count = ::read(descriptor, to, size);
    while (count < 0 && errno == EINTR);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

} // namespace

struct Journal::Process {
    Process(io::Subprocess started, const JournalQuery& query)
        : process(std::move(started)),
          entries([out = process.out()](char* to,
                                        std::size_t size) { return read_some(out, to, size); },
                  query.field_bytes_max),
          unit(query.unit), source(query.folder.empty() ? "the system's journal" : query.folder) {}

    // Why there are no entries.
    [[nodiscard]] Error failure() {
        std::string said(1024, '\0');
        said.resize(read_some(process.err(), said.data(), said.size()));
        said.resize(std::min(said.find('\n'), said.size()));
        if (process.wait() != 0 && !said.empty())
            return Error(ErrorCode::io, "cannot read the journal: " + said).in_file(source);
        return {ErrorCode::file_not_found,
                fmt::format("the journal has no entry of {} (or only root may read it)", unit)};
    }

    io::Subprocess process;
    JournalExport entries;
    std::string unit;
    std::string source;
    bool has_entries = false;
};

Journal::Journal(std::unique_ptr<Process> process) noexcept : process_(std::move(process)) {}
Journal::Journal(Journal&& other) noexcept = default;
Journal::~Journal() = default;

Result<Journal> Journal::open(const JournalQuery& query) {
    auto started = io::Subprocess::start({.command = command_of(query),
                                          .in = io::Stream::null,
                                          .out = io::Stream::pipe,
                                          .err = io::Stream::pipe,
                                          .environment = {"LC_ALL=C"}});
    if (!started)
        return Error(ErrorCode::invalid_argument,
                     "there is no journalctl on this machine, so no journal can be read; give the "
                     "service's log as a file instead");
    return Journal(std::make_unique<Process>(std::move(*started), query));
}

Result<std::optional<JournalEntry>> Journal::next() {
    auto entry = process_->entries.next();
    if (!entry && !process_->has_entries)
        return process_->failure();
    process_->has_entries = true;
    return entry;
}

} // namespace rebolt::systemd
