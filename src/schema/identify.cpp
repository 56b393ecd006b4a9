// Who wrote a file: told by what it holds. The names of the top-level buckets
// must fit, and what lies in them must be of the forms that the program writes;
// where the top level is lost, the forms must be ones that nobody else has.
#include <algorithm>
#include <array>
#include <cstddef>
#include <map>

#include <rebolt/schema.hpp>

#include "schema/forms.hpp"
#include "schema/libkv_value.hpp"
#include "schema/value_rules.hpp"

namespace rebolt::schema {
namespace {

struct Names {
    std::vector<std::string_view> all;

    [[nodiscard]] bool has(std::string_view name) const {
        return std::ranges::find(all, name) != all.end();
    }
    [[nodiscard]] std::size_t count_of(std::span<const std::string_view> names) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(names, [this](std::string_view name) { return has(name); }));
    }
};

bool are_etcds(const Names& names) {
    static constexpr std::array<std::string_view, 2> always{"key", "meta"};
    static constexpr std::array<std::string_view, 8> beside{
        "lease",           "alarm", "cluster",   "members",
        "members_removed", "auth",  "authUsers", "authRoles"};
    return names.count_of(always) == always.size() && names.count_of(beside) > 0;
}

bool are_buildkits(const Names& names) {
    static constexpr std::array<std::string_view, 4> cache{"_result", "_links", "_byresult",
                                                           "_backlinks"};
    static constexpr std::array<std::string_view, 2> metadata{"_index", "_external"};
    if (names.count_of(cache) >= 2)
        return true;
    return names.has("_main") && (names.all.size() == 1 || names.count_of(metadata) > 0);
}

// containerd 1.7 kept the sandboxes of a namespace beside `v1`, not in it.
// Other programs name buckets by version too (`v1`, `v2`): those are not ours.
bool are_containerds(const Names& names) {
    static constexpr std::array<std::string_view, 4> namespaces{"k8s.io", "moby", "default",
                                                                "buildkit"};
    return names.has("v1") && names.all.size() == 1 + names.count_of(namespaces);
}

Owner owner_by_names(const Names& names) {
    if (names.has("libnetwork"))
        return Owner::docker_network;
    if (are_etcds(names))
        return Owner::etcd;
    if (are_buildkits(names))
        return Owner::buildkit;
    if (are_containerds(names))
        return Owner::containerd;
    if (names.has("volumes") && names.all.size() == 1)
        return Owner::docker_volumes;
    return Owner::unknown;
}

/// What an entry says of whether the file is an owner's.
struct Tally {
    std::size_t fitting = 0; ///< only the owner's program writes such
    std::size_t foreign = 0; ///< it does not

    void count(Fit fit) {
        fitting += fit == Fit::owners ? 1U : 0U;
        foreign += fit == Fit::foreign ? 1U : 0U;
    }
    // Damaged values are the fewer ones, also in a damaged file.
    [[nodiscard]] bool is_proof() const { return fitting != 0 && foreign <= fitting; }
};

Fit fit_of(Owner owner, const SampleEntry& entry) {
    switch (owner) {
    case Owner::unknown:
        return Fit::either;
    case Owner::docker_network:
        return fit_docker_network(entry);
    case Owner::docker_volumes:
        return fit_docker_volumes(entry);
    case Owner::containerd:
        return fit_containerd(entry);
    case Owner::buildkit:
        return fit_buildkit(entry);
    case Owner::etcd:
        return fit_etcd(entry);
    }
    return Fit::either;
}

Tally tally_of(Owner owner, const ContentSample& sample) {
    Tally tally;
    for (const SampleEntry& entry : sample.entries)
        if (entry.is_placed)
            tally.count(fit_of(owner, entry));
    return tally;
}

// Leaves of which it is not known where they belong.
Tally tally_of_orphans(Owner owner, const ContentSample& sample) {
    Tally tally;
    for (const SampleEntry& entry : sample.entries) {
        if (entry.is_placed || entry.is_bucket)
            continue;
        const auto home = home_of_key(owner, entry.key, entry.value);
        const bool is_proof = home && (owner != Owner::etcd || home->front() == "key");
        tally.count(is_proof ? Fit::owners : home ? Fit::either : Fit::foreign);
    }
    return tally;
}

// containerd's values say nothing by themselves, the names in its buckets do.
Tally tally_of_orphaned_buckets(const ContentSample& sample) {
    struct Inside {
        std::vector<std::string_view> keys;
        std::vector<std::string_view> buckets;
    };
    std::map<std::vector<std::string>, Inside> buckets;
    for (const SampleEntry& entry : sample.entries)
        if (!entry.is_placed && !entry.bucket.empty()) {
            Inside& inside = buckets[entry.bucket];
            (entry.is_bucket ? inside.buckets : inside.keys).push_back(entry.key);
        }
    Tally tally;
    for (const auto& [path, inside] : buckets) {
        const auto home =
            home_of_bucket(Owner::containerd, path.back(), inside.keys, inside.buckets);
        tally.count(home ? Fit::owners : Fit::either);
    }
    return tally;
}

Owner owner_of_orphans(const ContentSample& sample) {
    for (const Owner owner : {Owner::docker_network, Owner::etcd})
        if (tally_of_orphans(owner, sample).is_proof())
            return owner;
    return tally_of_orphaned_buckets(sample).is_proof() ? Owner::containerd : Owner::unknown;
}

} // namespace

std::string_view name_of(Owner owner) noexcept {
    switch (owner) {
    case Owner::unknown:
        return "unknown";
    case Owner::docker_network:
        return "docker-network";
    case Owner::docker_volumes:
        return "docker-volumes";
    case Owner::containerd:
        return "containerd";
    case Owner::buildkit:
        return "buildkit";
    case Owner::etcd:
        return "etcd";
    }
    return "unknown";
}

Owner identify(const ContentSample& sample) {
    Names names;
    for (const SampleEntry& entry : sample.entries)
        if (entry.is_placed && entry.is_bucket && entry.bucket.empty())
            names.all.push_back(entry.key);
    if (names.all.empty())
        return owner_of_orphans(sample);
    const Owner owner = owner_by_names(names);
    return tally_of(owner, sample).is_proof() ? owner : Owner::unknown;
}

} // namespace rebolt::schema
