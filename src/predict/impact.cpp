#include <rebolt/impact.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "format/newer_meta.hpp"

namespace rebolt {
namespace {

std::string with_words(std::string_view verb, const std::string& words) {
    return fmt::format("{}: {}", verb, words);
}

// What a bad end is, as the predicate of a sentence about bbolt.
std::string bad_end(const Prediction& prediction, std::string_view when) {
    if (prediction.outside_of_the_file)
        return fmt::format("reads memory outside of the file {}, and crashes or loops", when);
    if (prediction.words.find("SIGBUS") != std::string::npos)
        return fmt::format("is killed by SIGBUS {}: it reads past the end of the file", when);
    if (prediction.kind == OutcomeKind::panic)
        return fmt::format("panics {}: {}", when, prediction.words);
    return fmt::format("loops forever and exhausts memory {}", when);
}

bool ends_badly(const Prediction& prediction) {
    return prediction.kind == OutcomeKind::panic || prediction.kind == OutcomeKind::hang;
}

// The service that cannot start without the file.
std::string_view service_of(Owner owner) {
    static constexpr std::array<std::pair<Owner, std::string_view>, 8> services{{
        {Owner::docker_network, "dockerd"},
        {Owner::docker_volumes, "dockerd"},
        {Owner::etcd, "etcd"},
        {Owner::podman, "podman"},
        {Owner::portainer, "Portainer"},
        {Owner::influxdb, "influxd"},
        {Owner::lnd, "lnd"},
        {Owner::nomad_client, "the Nomad client"},
    }};
    const auto* found =
        std::ranges::find(services, owner, &std::pair<Owner, std::string_view>::first);
    return found == services.end() ? std::string_view{} : found->second;
}

std::string about_start(Owner owner, std::string_view predicate) {
    const std::string_view service = service_of(owner);
    return service.empty() ? "" : fmt::format("; {} {}", service, predicate);
}

bool is_in_meta(const CheckReport& report) {
    return std::ranges::any_of(report.findings, [](const Finding& finding) {
        return finding.place.page && number(*finding.place.page) <= 1;
    });
}

// The meta that bbolt does not need.
bool is_older_meta_damaged(const CheckReport& report) {
    const auto current = std::ranges::find_if(report.metas, &MetaReport::current);
    const auto damaged = std::ranges::find_if_not(report.metas, &MetaReport::valid);
    return current != report.metas.end() && damaged != report.metas.end() &&
           format::age_of(damaged->fields, current->fields) == format::MetaAge::older;
}

// bbolt opens, reads and writes the file: what that hides.
std::string unnoticed(const CheckReport& report) {
    const auto has = [&](auto... codes) {
        return std::ranges::any_of(report.findings, [&](const Finding& finding) {
            return ((finding.code == codes) || ...);
        });
    };
    using enum FindingCode;
    if (has(page_reachable_but_free))
        return "bbolt notices nothing, and its next writes overwrite live data";
    if (has(page_shared))
        return "bbolt shows the same data twice, and a write through one place changes the other";
    if (has(meta_without_checksum))
        return "bbolt opens, reads and writes the file";
    if (is_in_meta(report))
        return is_older_meta_damaged(report)
                   ? "bbolt notices nothing: it uses the newer meta, and overwrites the damaged "
                     "one "
                     "with the next commit"
                   : "bbolt silently uses the older meta: the newest commit may be missing";
    const bool harms = std::ranges::any_of(report.findings, [](const Finding& finding) {
        return finding.severity == Severity::data || finding.severity == Severity::fatal;
    });
    return harms ? "bbolt notices nothing: keys may be missing or values wrong"
                 : "bbolt opens, reads and writes the file";
}

std::string impact_in(const PageSource& source, const CheckReport& report, BboltVersion version) {
    const auto predict = [&](BboltOperation operation) {
        return bbolt_prediction(source, {.version = version, .operation = operation});
    };
    const Prediction open = predict(BboltOperation::open);
    if (source.file_bytes() == 0)
        return "bbolt writes a new, empty database into the file";
    if (open.kind == OutcomeKind::error)
        return with_words("bbolt refuses the file", open.words) +
               about_start(report.owner, "does not start");
    if (ends_badly(open))
        return fmt::format("bbolt {}", bad_end(open, "when it opens the file for writing")) +
               about_start(report.owner, "does not start");
    const Prediction scan = predict(BboltOperation::scan);
    if (scan.kind == OutcomeKind::hang && !scan.outside_of_the_file)
        return "bbolt loops forever and exhausts memory" + (report.owner == Owner::docker_network
                                                                ? "; dockerd hangs on startup"
                                                                : std::string());
    if (ends_badly(scan))
        return fmt::format("bbolt {}", bad_end(scan, "when it reads the damaged part"));
    const Prediction put = predict(BboltOperation::put);
    if (put.kind == OutcomeKind::error)
        return with_words("bbolt reads the file, but refuses to write", put.words);
    if (put.kind != OutcomeKind::fine)
        return fmt::format("bbolt reads the file, but {}", bad_end(put, "at the next write"));
    return unnoticed(report);
}

} // namespace

std::string impact_of(const PageSource& source, const CheckReport& report, BboltVersion version) {
    if (report.verdict == Verdict::clean)
        return {};
    std::string impact = impact_in(source, report, version);
    // 1.3.7 was the first release that takes no meta without a checksum.
    const bool was_taken =
        version == BboltVersion::v1_3_6 && std::ranges::none_of(report.metas, &MetaReport::valid) &&
        report.count_of[static_cast<std::size_t>(FindingCode::meta_without_checksum)] != 0;
    constexpr std::string_view subject = "bbolt ";
    return was_taken
               ? fmt::format("bbolt up to 1.3.6 {}; newer ones refuse the file: checksum error",
                             impact.substr(subject.size()))
               : impact;
}

std::string to_text(const Prediction& prediction, BboltOperation operation) {
    if (prediction.outside_of_the_file && ends_badly(prediction))
        return with_words("reads memory outside of the file, and crashes or loops; most likely",
                          prediction.words);
    switch (prediction.kind) {
    case OutcomeKind::fine:
        if (operation == BboltOperation::scan)
            return fmt::format("fine: {} entries", prediction.entries);
        return "fine";
    case OutcomeKind::error:
        if (prediction.problems != 0)
            return fmt::format("{} problem{}, first: {}", prediction.problems,
                               prediction.problems == 1 ? "" : "s", prediction.words);
        return with_words("error", prediction.words);
    case OutcomeKind::panic:
        return with_words("panics", prediction.words);
    case OutcomeKind::hang:
        return with_words("never ends", prediction.words);
    }
    return {};
}

} // namespace rebolt
