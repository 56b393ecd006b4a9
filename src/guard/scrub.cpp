#include <rebolt/scrub.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <sstream>

#include <fmt/format.h>

#include <rebolt/schema.hpp>

#include "base/try.hpp"
#include "guard/guard_record.hpp"
#include "guard/owner_presets.hpp"
#include "io/new_file.hpp"

namespace rebolt {
namespace {

constexpr std::array<std::string_view, 3> state_names{"clean", "damaged", "not-checked"};
constexpr std::uint32_t metrics_mode = 0644; // the collector is another user

std::chrono::sys_seconds seconds_of(const std::string& utc_time) {
    std::tm parts{};
    if (::strptime(utc_time.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr)
        return {};
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

std::chrono::sys_seconds last_recovery_of(const std::string& path,
                                          const std::string& state_folder) {
    const auto place = io::place_of(path, io::LastLink::follow);
    if (!place)
        return {};
    const auto record = guard::read_record(guard::folder_of(state_folder, place->path()));
    const GuardedState state{.file = {},
                             .last_time = {},
                             .last_outcome = {},
                             .last_line = {},
                             .snapshots = {},
                             .set_aside = {},
                             .events = record.events};
    const GuardEvent* recovery = state.last_recovery();
    return recovery == nullptr ? std::chrono::sys_seconds{} : seconds_of(recovery->time);
}

void take_over(const CheckReport& checked, ScrubbedFile& file) {
    file.owner = schema::name_of(checked.owner);
    file.line = sentence(checked);
    if (checked.verdict == Verdict::not_a_bolt_file)
        return;
    file.state = checked.verdict == Verdict::clean ? ScrubState::clean : ScrubState::damaged;
    file.findings = checked.findings_left_out + static_cast<std::uint64_t>(std::ranges::count_if(
                                                    checked.findings, [](const Finding& finding) {
                                                        return finding.severity >= Severity::data;
                                                    }));
    file.pages = checked.pages.total;
    file.free_pages = checked.pages.free;
    if (!checked.trees.empty())
        file.transaction = number(checked.trees.front().transaction);
}

// As Prometheus wants it between quotes.
std::string label(std::string_view text) {
    std::string quoted;
    for (const char c : text) {
        if (c == '\\' || c == '"')
            quoted += '\\';
        if (c == '\n')
            quoted += "\\n";
        else
            quoted += c;
    }
    return quoted;
}

struct Metric {
    std::string_view name;
    std::string_view help;
    bool is_of_state; ///< known of files only that were checked
    std::int64_t (*value)(const ScrubbedFile& file);
};

constexpr std::array<Metric, 7> metrics{{
    {"rebolt_file_state", "Whether the file is sound: 0 clean, 1 damaged, 2 not checked.", false,
     [](const ScrubbedFile& file) { return static_cast<std::int64_t>(file.state); }},
    {"rebolt_file_findings", "Findings of severity data and fatal.", true,
     [](const ScrubbedFile& file) { return static_cast<std::int64_t>(file.findings); }},
    {"rebolt_file_pages", "Pages of the newest transaction, free ones too.", true,
     [](const ScrubbedFile& file) { return static_cast<std::int64_t>(file.pages); }},
    {"rebolt_file_free_pages", "Pages that are free.", true,
     [](const ScrubbedFile& file) { return static_cast<std::int64_t>(file.free_pages); }},
    {"rebolt_file_txid", "The newest transaction.", true,
     [](const ScrubbedFile& file) { return static_cast<std::int64_t>(file.transaction); }},
    {"rebolt_file_last_check_seconds", "When the file was checked, in Unix time.", false,
     [](const ScrubbedFile& file) {
         return static_cast<std::int64_t>(file.checked_at.time_since_epoch().count());
     }},
    {"rebolt_file_last_recovery",
     "When the guard last put a recovered file in its place, in Unix time; 0: never.", false,
     [](const ScrubbedFile& file) {
         return static_cast<std::int64_t>(file.last_recovery.time_since_epoch().count());
     }},
}};

} // namespace

std::string_view name_of(ScrubState state) noexcept {
    return state_names[static_cast<std::size_t>(state)];
}

std::vector<std::string> known_bolt_files(const GuardConfig& config,
                                          const GuardPresetOptions& system) {
    std::vector<GuardedFile> files = config.files;
    std::istringstream names("docker, containerd, etcd" + guard::owner_preset_names());
    for (std::string name; names >> name;) {
        if (name.ends_with(','))
            name.pop_back();
        if (auto found = guard_preset(name, system))
            files.insert(files.end(), found->begin(), found->end());
    }
    std::vector<std::string> paths;
    std::error_code ignored;
    for (const GuardedFile& file : files)
        if (std::filesystem::is_regular_file(file.path, ignored))
            paths.push_back(file.path);
    std::ranges::sort(paths);
    paths.erase(std::ranges::unique(paths).begin(), paths.end());
    return paths;
}

ScrubbedFile scrub_file(const std::string& path, const ScrubOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    ScrubbedFile file;
    file.path = path;
    file.owner = schema::name_of(Owner::unknown);
    file.last_recovery = last_recovery_of(path, options.state_folder);
    const auto checked = check_live(path, options.check, options.live);
    if (checked)
        take_over(*checked, file);
    else
        file.line = checked.error().message();
    file.checked_at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    file.took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin);
    return file;
}

std::string metrics_of(std::span<const ScrubbedFile> files) {
    std::string text;
    for (const Metric& metric : metrics) {
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", metric.name, metric.help);
        for (const ScrubbedFile& file : files)
            if (!metric.is_of_state || file.state != ScrubState::not_checked)
                text += fmt::format("{}{{path=\"{}\",owner=\"{}\"}} {}\n", metric.name,
                                    label(file.path), label(file.owner), metric.value(file));
    }
    return text;
}

Result<void> write_metrics(const std::string& path, std::span<const ScrubbedFile> files) {
    auto file = TRY(io::NewFile::create(path, metrics_mode));
    TRY(file.append(as_bytes(metrics_of(files))));
    return file.put_in_place_unsynced();
}

} // namespace rebolt
