// rebolt docker startup [FILE]
#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>

#include <rebolt/docker/startup.hpp>

#include "cli/commands/docker/target.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

using docker::FateKind;
using docker::StartupReport;
using docker::StartupStep;

struct DockerStartupCommand : DockerOptions {
    std::string version;
};

/// The start of the release that wrote the file, and of others that may have.
struct Walked {
    docker::VersionRange releases;
    std::vector<StartupReport> reports; ///< the oldest first
};

double milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

// Steps of one place, together: sandboxCleanup lists once for each sandbox.
struct Row {
    std::string place;
    std::string prefix;
    std::uint64_t lists = 0;
    std::uint64_t cached = 0;
    std::uint64_t objects = 0;
    std::uint64_t pages = 0;
    std::chrono::nanoseconds time{};
    std::vector<std::string> messages;
};

// `endpoint/<id>/` and its like count as one.
std::string kind_of(const std::string& prefix) {
    const std::size_t slash = prefix.find('/');
    constexpr std::size_t id_characters = 64;
    const bool has_id = slash != std::string::npos && prefix.size() == slash + 2 + id_characters;
    return has_id ? prefix.substr(0, slash + 1) + "<network>/" : prefix;
}

std::vector<Row> rows_of(const StartupReport& report, bool each) {
    std::vector<Row> rows;
    for (const StartupStep& step : report.steps) {
        const std::string prefix = each ? step.prefix : kind_of(step.prefix);
        const bool joins = !each && std::ranges::any_of(rows, [&](const Row& row) {
            return row.place == step.place && row.prefix == prefix;
        });
        if (!joins)
            rows.push_back({step.place, prefix, 0, 0, 0, 0, {}, {}});
        Row& row = joins ? *std::ranges::find_if(rows,
                                                 [&](const Row& one) {
                                                     return one.place == step.place &&
                                                            one.prefix == prefix;
                                                 })
                         : rows.back();
        ++row.lists;
        row.cached += step.is_cached ? 1 : 0;
        row.objects += step.objects;
        row.pages += step.pages;
        row.time += step.time;
        row.messages.insert(row.messages.end(), step.messages.begin(), step.messages.end());
    }
    return rows;
}

std::string outcome_text(const StartupReport& report) {
    if (!report.fate)
        return fmt::format("dockerd {} {} networks{}",
                           report.writes_meet.empty() ? "starts, with"
                                                      : "may panic at its first changes; it reads",
                           report.networks,
                           report.networks_lost == 0
                               ? ""
                               : fmt::format("; {} more are in the file and it does not see them",
                                             report.networks_lost));
    switch (report.fate->kind) {
    case FateKind::error:
        return "dockerd does not start: it gets an error and exits";
    case FateKind::panic:
        return "dockerd does not start: it panics";
    case FateKind::loop:
        return "dockerd does not start: it never ends, and eats memory until it is killed";
    }
    return "";
}

std::string fate_text(const StartupReport& report, const std::string& file) {
    if (!report.fate)
        return "";
    const StartupStep& last = report.steps.back();
    std::string path;
    for (const PageId page : report.fate->path)
        path += fmt::format("{}{}", path.empty() ? "" : " > ", number(page));
    std::string text = fmt::format("\nIt ends in {}{}: {}\n", last.place,
                                   last.prefix.empty() ? "" : ", List " + printable(last.prefix),
                                   printable(report.fate->words));
    if (!path.empty())
        text += fmt::format("Pages from the root down: {}\n", path);
    if (!report.fate->key.empty())
        text += fmt::format("The record: {}\n", printable(report.fate->key));
    text += fmt::format("Its last line: {}\n", printable(report.last_words));
    if (report.steps.size() == 1) // there may be nothing to bring back
        return text + fmt::format("To see what to do: rebolt check {}\n", shell_quoted(file));
    return text + fmt::format("To bring the data back:\n  rebolt recover {} -o {}\n",
                              shell_quoted(file), shell_quoted(file + ".recovered"));
}

std::string release_of(const StartupReport& report) {
    return fmt::format("{}.{}", report.version.major, report.version.minor);
}

// The releases whose start ends in another way.
std::string others_text(const std::vector<StartupReport>& reports) {
    std::string text;
    const StartupReport* last = &reports.front();
    for (const StartupReport& other : reports) {
        if (outcome_text(other) == outcome_text(*last) && other.last_words == last->last_words)
            continue;
        last = &other;
        text += fmt::format(
            "Docker {} and newer: {}{}\n", release_of(other), outcome_text(other),
            other.last_words.empty() ? "" : fmt::format(": {}", printable(other.last_words)));
    }
    return text;
}

std::string startup_text(const Walked& walked, const CommonOptions& options) {
    const StartupReport& report = walked.reports.front();
    std::string text =
        fmt::format("{}: {}\nAs Docker {} starts; the file is of {}\n{}\n", printable(options.file),
                    outcome_text(report), release_of(report), releases_text(walked.releases),
                    others_text(walked.reports));
    Table table({"STEP", "LISTS", "TIMES", "OBJECTS", "PAGES", "MS"});
    for (const Row& row : rows_of(report, options.verbose))
        table.add({row.place, text_or(row.prefix, "-"),
                   row.cached == 0 ? std::to_string(row.lists)
                                   : fmt::format("{} ({} cached)", row.lists, row.cached),
                   std::to_string(row.objects), std::to_string(row.pages),
                   fmt::format("{:.2f}", milliseconds(row.time))});
    text += table.text();
    constexpr std::size_t shown_max = 20;
    std::size_t count = 0;
    for (const StartupStep& step : report.steps)
        for (const std::string& message : step.messages)
            if (++count <= shown_max || options.verbose)
                text += fmt::format("{}{}: {}\n", count == 1 ? "\nIt logs:\n  " : "  ",
                                    step.place.substr(0, step.place.find(',')), printable(message));
    if (count > shown_max && !options.verbose)
        text += fmt::format("  and {} more lines (-v shows them)\n", count - shown_max);
    if (!report.writes_meet.empty())
        text += fmt::format("\nIts first changes meet damage: {}\n"
                            "To bring the data back:\n  rebolt recover {} -o {}\n",
                            printable(report.writes_meet), shell_quoted(options.file),
                            shell_quoted(options.file + ".recovered"));
    return text + fate_text(report, options.file);
}

Document startup_json(const Walked& walked, const std::string& file) {
    const StartupReport& report = walked.reports.front();
    Document json{{"shape", "rebolt.docker-startup/1"},
                  {"file", file},
                  {"docker", releases_json(walked.releases)},
                  {"version", release_of(report)},
                  {"starts", !report.fate.has_value()},
                  {"writes_meet",
                   report.writes_meet.empty() ? Document(nullptr) : Document(report.writes_meet)},
                  {"networks", report.networks},
                  {"networks_lost", report.networks_lost},
                  {"fate", nullptr},
                  {"other_versions", Document::array()},
                  {"steps", Document::array()}};
    for (const StartupReport& other : walked.reports)
        if (&other != &report)
            json["other_versions"].push_back({{"version", release_of(other)},
                                              {"starts", !other.fate.has_value()},
                                              {"last_words", other.last_words}});
    if (report.fate) {
        Document path = Document::array();
        for (const PageId page : report.fate->path)
            path.push_back(number(page));
        json["fate"] = {
            {"kind", name_of(report.fate->kind)},
            {"words", report.fate->words},
            {"last_words", report.last_words},
            {"key",
             report.fate->key.empty() ? Document(nullptr) : Document(printable(report.fate->key))},
            {"page", report.fate->page ? Document(number(*report.fate->page)) : nullptr},
            {"path", path}};
    }
    for (const StartupStep& step : report.steps)
        json["steps"].push_back({{"place", step.place},
                                 {"prefix", step.prefix},
                                 {"objects", step.objects},
                                 {"pages", step.pages},
                                 {"milliseconds", milliseconds(step.time)},
                                 {"cached", step.is_cached},
                                 {"messages", step.messages}});
    return json;
}

bool is_fine(const StartupReport& report) {
    return !report.fate && report.networks_lost == 0 && report.writes_meet.empty();
}

ExitCode run_startup(DockerStartupCommand& options) {
    options.resolve();
    const auto source = open_shown_pages(options.common);
    if (!source)
        return report_unopened(source.error());
    const auto state = docker::load_network_state(*source);
    Walked walked{.releases = releases_of(options.version, state ? *state : docker::NetworkState{},
                                          nullptr, options.data_root),
                  .reports = {}};
    for (const docker::Version& version : groups_in(walked.releases)) {
        auto report_of = docker::walk_startup(*source, version);
        if (!report_of)
            return report(report_of.error());
        walked.reports.push_back(std::move(*report_of));
    }
    if (wants_json())
        print_document(startup_json(walked, options.common.file));
    else
        print(startup_text(walked, options.common));
    return std::ranges::all_of(walked.reports, is_fine) ? ExitCode::done : ExitCode::damaged;
}

} // namespace

void set_up_docker_startup(Arguments arguments) {
    auto options = std::make_shared<DockerStartupCommand>();
    options->add_to(arguments);
    add_docker_version(arguments, options->version);
    arguments.footer("FILE is only read. The start is that of the release that wrote the file, "
                     "after all containers were stopped; -v shows each List.\nExample: rebolt "
                     "docker startup --docker 28 local-kv.db");
    arguments.exit_codes("0 dockerd starts, 4 it does not or loses networks, 8 failed");
    arguments.on_run([options] { return run_startup(*options); });
}

} // namespace rebolt::cli
