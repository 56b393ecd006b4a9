// Tells the release by the fields that its records have and have not.
#include <rebolt/docker/version.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/network_state.hpp>

#include "docker/fields.hpp"
#include "docker/release_facts.hpp"

namespace rebolt::docker {
namespace {

using release::Group;
using release::groups;
using release::unknown;
using release::v23;
using release::v24;
using release::v25;
using release::v27;
using release::v28;
using release::v28_2;
using release::v29;

constexpr Version no_end{~std::uint32_t{0}, 0, 0};

// A field that releases from `since` and before `until` always write.
struct Mark {
    std::string_view kind;
    std::string_view parent; ///< the object that it is in; empty: the record itself
    std::string_view field;
    Version since;
    Version until;
};
constexpr std::array<Mark, 13> marks{{{"bridge", "", "TrustedHostInterfaces", v28_2, no_end},
                                      {"bridge", "", "EnableIPv4", v28, no_end},
                                      {"bridge", "", "GwModeIPv4", v27, no_end},
                                      {"bridge", "", "HostIPv6", v25, no_end},
                                      {"network", "", "enableIPv4", v28, no_end},
                                      {"network", "", "postIPv6", {}, v28},
                                      {"endpoint", "", "disableIPv6", v28, no_end},
                                      {"endpoint", "", "dnsNames", v25, no_end},
                                      {"endpoint", "", "anonymous", {}, v25},
                                      {"endpoint", "", "locator", {}, v23},
                                      {"bridge-endpoint", "", "Config", {}, v27},
                                      {"sandbox", "", "ExtDNS", {}, v24},
                                      {"sandbox", "", "ExtDNS2", {}, no_end}}};

// Files that only releases from one on make in a data root.
struct RootMark {
    std::string_view path;
    Version since;
};
constexpr std::array<RootMark, 4> root_marks{{{"engine-id", v23},
                                              {"buildkit/history.db", v24},
                                              {"buildkit/history_c8d.db", {27, 4, 0}},
                                              {"image/identity-cache.db", {29, 3, 0}}}};

struct Interval {
    Version from{};
    Version below = no_end;

    [[nodiscard]] bool is_empty() const { return from >= below; }
    [[nodiscard]] Interval with(const Interval& other) const {
        return {std::max(from, other.from), std::min(below, other.below)};
    }
};

void apply(const Mark& mark, const Json& object, Interval& interval) {
    if (object.contains(std::string(mark.field)))
        interval = interval.with({mark.since, mark.until});
    else if (mark.until != no_end)
        interval.from = std::max(interval.from, mark.until);
    else
        interval.below = std::min(interval.below, mark.since);
}

// 29 writes all fields of an interface; before, none that has nothing in it.
void apply_interface(const Json& json, Interval& interval) {
    const auto at = json.find("ep_iface");
    if (at == json.end() || !at->is_object())
        return;
    const auto found = at->find("llAddrs");
    if (found == at->end())
        interval.below = std::min(interval.below, v29);
    else if (found->is_array() && found->empty())
        interval.from = std::max(interval.from, v29);
}

// Empty where the fields contradict each other: rebolt itself rebuilt the record.
Interval interval_of(std::string_view kind, const RecordOrigin& record) {
    Interval interval;
    const auto json = parse_go_json(record.json);
    if (!json || !json->is_object())
        return interval;
    for (const Mark& mark : marks)
        if (mark.kind == kind)
            apply(mark, *json, interval);
    if (kind == "endpoint")
        apply_interface(*json, interval);
    return interval;
}

class Evidence {
public:
    // Takes what does not contradict what is there.
    void narrow(const Interval& interval, std::string_view what) {
        const Interval both = told_.with(interval);
        if (interval.is_empty() || both.is_empty() ||
            (both.from == told_.from && both.below == told_.below))
            return;
        told_ = both;
        if (evidence_.find(what) == std::string::npos)
            evidence_ += (evidence_.empty() ? "" : ", ") + std::string(what);
    }
    template <class T>
    void narrow_by(const std::vector<T>& records, std::string_view kind, std::string_view what) {
        for (const T& record : records)
            narrow(interval_of(kind, record), what);
    }
    // Records that are never written again tell only that a release was here.
    template <class T>
    void raise_by(const std::vector<T>& records, std::string_view kind, std::string_view what) {
        for (const T& record : records)
            if (const Interval interval = interval_of(kind, record); !interval.is_empty())
                narrow({interval.from, no_end}, what);
    }
    [[nodiscard]] bool is_there() const { return !evidence_.empty(); }

    [[nodiscard]] VersionRange range() const {
        VersionRange range;
        range.from = std::max(told_.from, range.from);
        if (told_.below != no_end)
            range.below = told_.below;
        range.evidence = evidence_;
        return range;
    }

private:
    Interval told_;
    std::string evidence_;
};

void tell_by_records(const NetworkState& state, Evidence& evidence) {
    for (const BridgeNetwork& bridge : state.bridges)
        if (bridge.is_default)
            evidence.narrow(interval_of("bridge", bridge), "the default bridge's record");
    if (!evidence.is_there()) {
        evidence.raise_by(state.endpoints, "endpoint", "the endpoints' records");
        evidence.raise_by(state.bridges, "bridge", "the bridges' records");
        evidence.raise_by(state.networks, "network", "the networks' records");
    }
    evidence.narrow_by(state.endpoints, "endpoint", "the endpoints' records");
    evidence.narrow_by(state.bridge_endpoints, "bridge-endpoint", "the bridge endpoints' records");
    evidence.narrow_by(state.sandboxes, "sandbox", "the sandboxes' records");
}

} // namespace

std::optional<VersionRange> parse_version(std::string_view text) {
    if (text.starts_with('v'))
        text.remove_prefix(1);
    std::array<std::uint32_t, 3> parts{};
    std::size_t count = 0;
    for (const char* at = text.data(); count < parts.size(); ++at) {
        const auto [end, error] = std::from_chars(at, text.data() + text.size(), parts[count]);
        if (error != std::errc{} || parts[count] > 9999)
            return std::nullopt;
        ++count;
        at = end;
        if (at == text.data() + text.size() || *at != '.')
            break;
    }
    VersionRange range;
    range.from = {parts[0], parts[1], parts[2]};
    range.below = count == 1   ? Version{parts[0] + 1, 0, 0}
                  : count == 2 ? Version{parts[0], parts[1] + 1, 0}
                               : Version{parts[0], parts[1], parts[2] + 1};
    range.evidence = "it was named";
    return range;
}

std::string name_of(const VersionRange& range) {
    if (!range.is_told())
        return "an unknown release of Docker";
    const std::string first = fmt::format("{}.{}", range.from.major, range.from.minor);
    if (!range.below)
        return fmt::format("Docker {} or newer", first);
    std::string_view last = first;
    const bool is_one = *range.below <= Version{range.from.major, range.from.minor + 1, 0};
    for (const Group& group : groups)
        if (!is_one && range.from < unknown && group.from < *range.below)
            last = group.last;
    return first == last ? "Docker " + first : fmt::format("Docker {} to {}", first, last);
}

VersionRange tell_version(const NetworkState& state, const Containers* containers,
                          const std::string& data_root) {
    Evidence evidence;
    tell_by_records(state, evidence);
    if (containers != nullptr)
        evidence.narrow({containers->written_by, no_end}, "the containers' files");
    std::error_code failed;
    for (const RootMark& mark : root_marks)
        if (!data_root.empty() &&
            std::filesystem::exists(std::filesystem::path(data_root) / mark.path, failed))
            evidence.narrow({mark.since, no_end}, mark.path);
    return evidence.range();
}

std::vector<Version> groups_in(const VersionRange& range) {
    const bool is_known = range.from < unknown;
    std::vector<Version> found;
    if (is_known)
        found.push_back(range.from);
    for (const Group& group : groups)
        if (!is_known || (group.from > range.from && (!range.below || group.from < *range.below)))
            found.push_back(group.from);
    return found;
}

} // namespace rebolt::docker
