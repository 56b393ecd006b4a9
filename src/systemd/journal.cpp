#include "systemd/journal.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include <systemd/sd-journal.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "systemd/library.hpp"

namespace rebolt::systemd {
namespace {

// The functions of libsystemd that are used here.
struct Functions {
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

Result<Functions> load() {
    const auto library = Library::load();
    Functions found;
    const bool has_all = library && library->find("sd_journal_open", found.open) &&
                         library->find("sd_journal_open_directory", found.open_directory) &&
                         library->find("sd_journal_close", found.close) &&
                         library->find("sd_journal_add_match", found.add_match) &&
                         library->find("sd_journal_add_disjunction", found.add_disjunction) &&
                         library->find("sd_journal_seek_tail", found.seek_tail) &&
                         library->find("sd_journal_previous_skip", found.previous_skip) &&
                         library->find("sd_journal_next", found.next) &&
                         library->find("sd_journal_get_data", found.get_data) &&
                         library->find("sd_journal_set_data_threshold", found.set_data_threshold) &&
                         library->find("sd_journal_get_realtime_usec", found.get_realtime_usec);
    if (!has_all)
        return Error(ErrorCode::invalid_argument,
                     "there is no libsystemd on this machine, so no journal can be read; give the "
                     "service's log as a file instead");
    return found;
}

} // namespace

struct Journal::Handle {
    Handle(const Functions& loaded, std::string its_folder)
        : functions(loaded),
          folder(its_folder.empty() ? "the system's journal" : std::move(its_folder)) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
        if (journal != nullptr)
            functions.close(journal);
    }

    [[nodiscard]] Error failure(int number, const std::string& what) const {
        const ErrorCode code = number == EACCES || number == EPERM ? ErrorCode::permission_denied
                               : number == ENOENT                  ? ErrorCode::file_not_found
                                                                   : ErrorCode::io;
        Error error(code, fmt::format("{}: {}", what, std::generic_category().message(number)));
        return std::move(error).in_file(folder);
    }

    // Entries of the unit's processes, and systemd's own about the unit.
    [[nodiscard]] bool match(const std::string& unit) const {
        for (const char* field : {"_SYSTEMD_UNIT", "UNIT"}) {
            const std::string text = fmt::format("{}={}", field, unit);
            if (functions.add_match(journal, text.data(), text.size()) < 0 ||
                functions.add_disjunction(journal) < 0)
                return false;
        }
        return true;
    }

    Functions functions;
    std::string folder;
    sd_journal* journal = nullptr;
};

Journal::Journal(std::unique_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
Journal::Journal(Journal&& other) noexcept = default;
Journal::~Journal() = default;

Result<Journal> Journal::open(const JournalQuery& query) {
    auto handle = std::make_unique<Handle>(TRY(load()), query.folder);
    const Functions& functions = handle->functions;
    const int opened = query.folder.empty()
                           ? functions.open(&handle->journal, SD_JOURNAL_LOCAL_ONLY)
                           : functions.open_directory(&handle->journal, query.folder.c_str(), 0);
    if (opened < 0)
        return handle->failure(-opened, "cannot open the journal");
    if (!handle->match(query.unit))
        return handle->failure(ENOMEM, "cannot search the journal");
    functions.set_data_threshold(handle->journal, query.field_bytes_max);
    const int sought = functions.seek_tail(handle->journal);
    const int at =
        sought < 0 ? sought : functions.previous_skip(handle->journal, query.entries_max);
    if (at < 0)
        return handle->failure(-at, "cannot read the journal");
    if (at == 0)
        return Error(
            ErrorCode::file_not_found,
            fmt::format("the journal has no entry of {} (or only root may read it)", query.unit));
    return Journal(std::move(handle));
}

Result<bool> Journal::next() const {
    const int more = handle_->functions.next(handle_->journal);
    if (more < 0)
        return handle_->failure(-more, "cannot read the journal");
    return more > 0;
}

std::string_view Journal::field(const char* name) const {
    const void* data = nullptr;
    std::size_t size = 0;
    if (handle_->functions.get_data(handle_->journal, name, &data, &size) < 0)
        return {};
    const std::string_view text(static_cast<const char*>(data), size);
    const std::size_t equals = text.find('=');
    return equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
}

std::string Journal::time() const {
    std::uint64_t microseconds = 0;
    if (handle_->functions.get_realtime_usec(handle_->journal, &microseconds) < 0)
        return {};
    const auto seconds = static_cast<std::time_t>(microseconds / 1'000'000);
    std::tm parts{};
    std::array<char, 32> text{};
    if (::gmtime_r(&seconds, &parts) == nullptr)
        return {};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

} // namespace rebolt::systemd
