#include <rebolt/docker/startup.hpp>

#include <utility>

#include <fmt/format.h>

#include <rebolt/check.hpp>
#include <rebolt/docker/network_state.hpp>

#include "base/try.hpp"
#include "docker/key.hpp"
#include "docker/release_facts.hpp"
#include "docker/startup_walk.hpp"

namespace rebolt::docker {
namespace {

constexpr std::string_view controller_failed =
    "failed to start daemon: Error initializing network controller: ";
constexpr std::size_t messages_max = 1000; // a step keeps

// The lists of one driver. False if the start ends in one.
bool walk_driver(StartupWalk& walk, const std::string& driver) {
    const bool is_bridge = driver == "bridge";
    for (const bool is_networks : {true, false}) {
        const std::string kind = !is_bridge    ? driver + (is_networks ? "/network" : "/endpoint")
                                 : is_networks ? "bridge"
                                               : "bridge-endpoint";
        const Listed* listed = walk.list(
            fmt::format("{}.populate{}", driver, is_networks ? "Networks" : "Endpoints"), kind);
        if (listed == nullptr)
            return false;
        if (listed->error.empty())
            continue;
        const std::string words =
            fmt::format("failed to get {} {} from store: {}", driver,
                        is_networks ? "network configurations" : "endpoints", listed->error);
        if (is_bridge || value_in(fact::vlan_errors_end_it, walk.version())) {
            walk.end_with_error(
                fmt::format(fmt::runtime(value_in(fact::driver_error, walk.version())), driver,
                            words),
                listed->key);
            return false;
        }
        walk.say(fmt::format("(not logged) {}; none of the driver's state is restored", words),
                 listed->key);
        break;
    }
    return true;
}

bool walk_overlay(StartupWalk& walk) {
    if (!value_in(fact::overlay_is_listed, walk.version()))
        return true;
    const Listed* overlay = walk.list("overlay.restoreEndpoints", "overlay/endpoint");
    if (overlay != nullptr && !overlay->error.empty())
        walk.say(fmt::format("Failure during overlay endpoints restore: failed to read overlay "
                             "endpoint from store: {}",
                             overlay->error),
                 overlay->key);
    return overlay != nullptr;
}

bool walk_drivers(StartupWalk& walk) {
    return walk_driver(walk, "bridge") && walk_driver(walk, "ipvlan") &&
           walk_driver(walk, "macvlan") && walk_overlay(walk);
}

// Damage in the newest tree that does not only concern a value or the order of
// bytes in a page. bbolt's writer frees and takes pages by such a tree.
Result<std::string> damage_that_writes_meet(const PageSource& source) {
    const CheckReport checked = TRY(check(source));
    if (checked.trees.empty())
        return std::string();
    for (const Finding& finding : checked.findings)
        if (text_of(finding.code).severity >= Severity::data &&
            finding.transaction == checked.trees.front().transaction &&
            finding.code != FindingCode::layout_not_canonical &&
            finding.code != FindingCode::value_malformed)
            return finding.message;
    return std::string();
}

// The line that Go prints, without what is added here to explain it.
std::string panic_line(const std::string& words) {
    if (words.starts_with("runtime: goroutine"))
        return "fatal error: stack overflow";
    if (words.starts_with("fatal error:"))
        return words.substr(0, words.find(" [signal"));
    return "panic: " + words.substr(0, words.find(" (field "));
}

} // namespace

std::string_view name_of(FateKind kind) noexcept {
    switch (kind) {
    case FateKind::error:
        return "error";
    case FateKind::panic:
        return "panic";
    case FateKind::loop:
        return "loop";
    }
    return "";
}

void end_with(StartupReport& report, Fate fate, std::string_view before) {
    switch (fate.kind) {
    case FateKind::error:
        report.last_words = fmt::format("{}{}{}", controller_failed, before, fate.words);
        break;
    case FateKind::panic:
        report.last_words = panic_line(fate.words);
        break;
    case FateKind::loop:
        report.last_words = "Loading containers: start.";
        break;
    }
    report.fate = std::move(fate);
}

StartupStep& StartupWalk::begin(std::string_view place) {
    report_.steps.push_back({});
    report_.steps.back().place = place;
    return report_.steps.back();
}

void StartupWalk::say(std::string message, const std::string& key) {
    if (step().messages.size() < messages_max)
        step().messages.push_back(
            key.empty() ? std::move(message) : fmt::format("{} (key {})", message, printable(key)));
}

void StartupWalk::end_with_error(std::string words, const std::string& key,
                                 std::string_view before) {
    end_with(
        report_,
        Fate{
            .kind = FateKind::error, .words = std::move(words), .key = key, .page = {}, .path = {}},
        before);
}

void StartupWalk::end_with_panic(std::string words, const std::string& key) {
    end_with(report_, Fate{.kind = FateKind::panic,
                           .words = std::move(words),
                           .key = key,
                           .page = {},
                           .path = {}});
}

bool StartupWalk::has_count_marker() {
    if (!has_count_marker_) {
        const auto marker = store_.get(prefix_of("endpoint_count"));
        has_count_marker_ = marker && !marker->empty();
    }
    return *has_count_marker_;
}

bool StartupWalk::parse(const std::vector<GoEntry>& entries, Listed& into) {
    for (const GoEntry& entry : entries) {
        auto record = parse_record(entry.key, entry.value);
        if (record) {
            into.records.push_back(std::move(*record));
            continue;
        }
        if (record.error().panics) {
            end_with_panic(record.error().reason, std::string(entry.key));
            return false;
        }
        // One bad value spoils the whole list.
        into.error = record.error().reason;
        into.key = entry.key;
        into.records.clear();
        break;
    }
    return true;
}

const Listed* StartupWalk::scan(const std::string& kind, Listed& into) {
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t pages_before = store_.pages_entered();
    auto entries = store_.list(prefix_of(kind));
    const bool parsed = entries && parse(*entries, into);
    step().time = std::chrono::steady_clock::now() - begin;
    step().pages = store_.pages_entered() - pages_before;
    step().objects = into.records.size();
    if (!entries)
        end_with(report_, std::move(entries).error());
    return parsed ? &into : nullptr;
}

const Listed* StartupWalk::list(std::string_view place, const std::string& kind) {
    begin(place).prefix = kind + "/";
    const auto at = cache_.find(kind);
    if (at != cache_.end()) {
        step().is_cached = true;
        step().objects = at->second.records.size();
        return &at->second;
    }
    Listed listed;
    if (scan(kind, listed) == nullptr)
        return nullptr;
    if (listed.error.empty())
        return &cache_.emplace(kind, std::move(listed)).first->second;
    return &(mapped_[kind].listed = std::move(listed)); // an error is not cached
}

// The file does not change meanwhile, so a scan repeated many times gives what
// it gave: only the first ones are made.
const Listed* StartupWalk::map(std::string_view place, const std::string& kind) {
    constexpr std::uint64_t scans_max = 64;
    begin(place).prefix = kind + "/";
    Mapped& mapped = mapped_[kind];
    if (mapped.scans++ >= scans_max) {
        step().objects = mapped.listed.records.size();
        step().pages = mapped.pages;
        return &mapped.listed;
    }
    Listed listed;
    if (scan(kind, listed) == nullptr)
        return nullptr;
    mapped.pages = step().pages;
    mapped.listed = std::move(listed);
    return &mapped.listed;
}

Result<StartupReport> walk_startup(const PageSource& source, std::optional<Version> version) {
    StartupReport report;
    const auto state = load_network_state(source);
    if (version)
        report.version = *version;
    else
        report.version = groups_in(state ? tell_version(*state) : VersionRange{}).front();
    const auto begin = std::chrono::steady_clock::now();
    const bool checks = value_in(fact::bbolt_checks_pages, report.version);
    auto store = GoStore::open(source, checks ? PageChecks::each : PageChecks::none);
    report.steps.push_back({});
    report.steps.back().place = "bolt.Open";
    report.steps.back().time = std::chrono::steady_clock::now() - begin;
    if (!store) {
        Fate fate = std::move(store).error();
        if (fate.kind == FateKind::error)
            fate.words =
                fmt::format(fmt::runtime(value_in(fact::open_error, report.version)), fate.words);
        end_with(report, std::move(fate));
    } else {
        StartupWalk walk(std::move(*store), report);
        static_cast<void>(walk_drivers(walk) && walk_controller(walk));
    }
    if (state && !report.fate && state->networks.size() > report.networks)
        report.networks_lost = state->networks.size() - report.networks;
    if (!report.fate)
        report.writes_meet = TRY(damage_that_writes_meet(source));
    if (!source.readable(0, source.file_bytes()))
        return Error(ErrorCode::io, "the system could not read parts of the file")
            .in_file(source.path());
    return report;
}

} // namespace rebolt::docker
