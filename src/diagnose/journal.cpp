// A unit's journal, through libsystemd. The library is loaded when it is
// wanted: no other command is to pay for it, and a machine without systemd has
// none.
#include <array>
#include <bit>
#include <ctime>
#include <memory>

#include <dlfcn.h>
#include <systemd/sd-journal.h>

#include <fmt/format.h>

#include <rebolt/diagnose.hpp>

#include "base/try.hpp"
#include "diagnose/unit_name.hpp"

namespace rebolt::diagnose {
namespace {

// The functions of libsystemd that are used here.
struct Library {
    decltype(&::sd_journal_open) open = nullptr;
    decltype(&::sd_journal_open_directory) open_directory = nullptr;
    decltype(&::sd_journal_close) close = nullptr;
    decltype(&::sd_journal_add_match) add_match = nullptr;
    decltype(&::sd_journal_add_disjunction) add_disjunction = nullptr;
    decltype(&::sd_journal_seek_tail) seek_tail = nullptr;
    decltype(&::sd_journal_previous_skip) previous_skip = nullptr;
    decltype(&::sd_journal_next) next = nullptr;
    decltype(&::sd_journal_get_data) get_data = nullptr;
    decltype(&::sd_journal_set_data_threshold) set_data_threshold = nullptr;
    decltype(&::sd_journal_get_realtime_usec) get_realtime_usec = nullptr;
};

template <class Function>
bool find(void* library, const char* name, Function& function) {
    void* const at = ::dlsym(library, name);
    function = std::bit_cast<Function>(at);
    return at != nullptr;
}

Result<Library> load_library() {
    void* const handle = ::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
    Library library;
    const bool is_whole =
        handle != nullptr && find(handle, "sd_journal_open", library.open) &&
        find(handle, "sd_journal_open_directory", library.open_directory) &&
        find(handle, "sd_journal_close", library.close) &&
        find(handle, "sd_journal_add_match", library.add_match) &&
        find(handle, "sd_journal_add_disjunction", library.add_disjunction) &&
        find(handle, "sd_journal_seek_tail", library.seek_tail) &&
        find(handle, "sd_journal_previous_skip", library.previous_skip) &&
        find(handle, "sd_journal_next", library.next) &&
        find(handle, "sd_journal_get_data", library.get_data) &&
        find(handle, "sd_journal_set_data_threshold", library.set_data_threshold) &&
        find(handle, "sd_journal_get_realtime_usec", library.get_realtime_usec);
    if (!is_whole)
        return Error(ErrorCode::invalid_argument,
                     "there is no libsystemd on this machine, so no journal can be read; give the "
                     "service's log as a file instead");
    return library;
}

Error failure(int number, const std::string& what, const JournalOptions& options) {
    const ErrorCode code = number == EACCES || number == EPERM ? ErrorCode::permission_denied
                           : number == ENOENT                  ? ErrorCode::file_not_found
                                                               : ErrorCode::io;
    Error error(code, fmt::format("{}: {}", what, std::generic_category().message(number)));
    return std::move(error).in_file(options.folder.empty() ? "the system's journal"
                                                           : options.folder);
}

class Journal {
public:
    Journal(const Library& library, sd_journal* journal) : library_(library), journal_(journal) {}
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal() { library_.close(journal_); }

    // Entries of the unit's processes, and systemd's own about the unit.
    [[nodiscard]] bool match(const std::string& unit) const {
        for (const char* field : {"_SYSTEMD_UNIT", "UNIT"}) {
            const std::string text = fmt::format("{}={}", field, unit);
            if (library_.add_match(journal_, text.data(), text.size()) < 0 ||
                library_.add_disjunction(journal_) < 0)
                return false;
        }
        return true;
    }

    [[nodiscard]] int go_to_newest(std::uint64_t entries) const {
        library_.set_data_threshold(journal_, LogScan::line_bytes_max * 4);
        const int sought = library_.seek_tail(journal_);
        return sought < 0 ? sought : library_.previous_skip(journal_, entries);
    }

    [[nodiscard]] int next() const { return library_.next(journal_); }

    // A field of this entry; valid until the next call. Empty if it has none.
    [[nodiscard]] std::string_view field(const char* name) const {
        const void* data = nullptr;
        std::size_t size = 0;
        if (library_.get_data(journal_, name, &data, &size) < 0)
            return {};
        const std::string_view text(static_cast<const char*>(data), size);
        const std::size_t equals = text.find('=');
        return equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
    }

    // `2021-12-07T07:44:32Z`; empty if the entry has none.
    [[nodiscard]] std::string time() const {
        std::uint64_t microseconds = 0;
        if (library_.get_realtime_usec(journal_, &microseconds) < 0)
            return {};
        const auto seconds = static_cast<std::time_t>(microseconds / 1'000'000);
        std::tm parts{};
        std::array<char, 32> text{};
        if (::gmtime_r(&seconds, &parts) == nullptr)
            return {};
        return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
    }

private:
    Library library_;
    sd_journal* journal_;
};

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
    const Library library = TRY(load_library());
    const std::string unit = unit_name(options.unit);
    sd_journal* opened = nullptr;
    const int open = options.folder.empty()
                         ? library.open(&opened, SD_JOURNAL_LOCAL_ONLY)
                         : library.open_directory(&opened, options.folder.c_str(), 0);
    if (open < 0)
        return failure(-open, "cannot open the journal", options);
    const Journal journal(library, opened);
    if (!journal.match(unit))
        return failure(ENOMEM, "cannot search the journal", options);
    int more = journal.go_to_newest(options.entries_max);
    if (more == 0)
        return Error(
            ErrorCode::file_not_found,
            fmt::format("the journal has no entry of {} (or only root may read it)", unit));
    LogScan scan("the journal of " + unit);
    for (std::uint64_t done = 0; more > 0; more = journal.next()) {
        const std::string program(journal.field("SYSLOG_IDENTIFIER"));
        const std::string time = journal.time();
        add_message(scan, journal.field("MESSAGE"), {.program = program, .time = time});
        constexpr std::uint64_t step = 1024;
        ++done;
        if (done % step == 0 && progress && !progress(done))
            return Error(ErrorCode::cancelled, "cancelled while reading the journal");
    }
    if (more < 0)
        return failure(-more, "cannot read the journal", options);
    return scan.finish();
}

} // namespace rebolt::diagnose
