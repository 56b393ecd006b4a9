#include <algorithm>
#include <array>
#include <cstddef>

#include <rebolt/schema.hpp>

namespace rebolt::schema {
namespace {

struct Names {
    std::span<const std::string> all;

    [[nodiscard]] bool has(std::string_view name) const {
        return std::ranges::find(all, name) != all.end();
    }
    [[nodiscard]] std::size_t count_of(std::span<const std::string_view> names) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(names, [this](std::string_view name) { return has(name); }));
    }
};

bool is_etcd(Names names) {
    static constexpr std::array<std::string_view, 2> always{"key", "meta"};
    static constexpr std::array<std::string_view, 8> beside{
        "lease",           "alarm", "cluster",   "members",
        "members_removed", "auth",  "authUsers", "authRoles"};
    return names.count_of(always) == always.size() && names.count_of(beside) > 0;
}

bool is_buildkit(Names names) {
    static constexpr std::array<std::string_view, 4> cache{"_result", "_links", "_byresult",
                                                           "_backlinks"};
    static constexpr std::array<std::string_view, 2> metadata{"_index", "_external"};
    if (names.count_of(cache) >= 2)
        return true;
    return names.has("_main") && (names.all.size() == 1 || names.count_of(metadata) > 0);
}

// containerd 1.7 kept the sandboxes of a namespace beside `v1`, not in it.
// Other programs name buckets by version too (`v1`, `v2`): those are not ours.
bool is_containerd(Names names) {
    static constexpr std::array<std::string_view, 4> namespaces{"k8s.io", "moby", "default",
                                                                "buildkit"};
    return names.has("v1") && names.all.size() == 1 + names.count_of(namespaces);
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

Owner identify(std::span<const std::string> top_level_buckets) {
    const Names names{top_level_buckets};
    if (names.has("libnetwork"))
        return Owner::docker_network;
    if (is_etcd(names))
        return Owner::etcd;
    if (is_buildkit(names))
        return Owner::buildkit;
    if (is_containerd(names))
        return Owner::containerd;
    if (names.has("volumes") && names.all.size() == 1)
        return Owner::docker_volumes;
    return Owner::unknown;
}

} // namespace rebolt::schema
