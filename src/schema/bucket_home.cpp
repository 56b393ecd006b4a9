// Where a bucket belongs, by what is in it. containerd: metadata/containers.go,
// images.go, content.go, leases.go, snapshot.go and snapshots/storage/bolt.go of
// version 1.6, which always write the keys that are asked for here.
#include <algorithm>
#include <array>

#include <rebolt/schema.hpp>

namespace rebolt::schema {
namespace {

using Names = std::span<const std::string_view>;
using Path = std::vector<std::string>;

bool has(Names names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool has_only(Names names, Names allowed) {
    return std::ranges::all_of(names, [&](std::string_view name) { return has(allowed, name); });
}

bool is_container(Names keys) {
    return has(keys, "image") && has(keys, "snapshotKey") && has(keys, "snapshotter");
}

bool is_lease(Names keys, Names buckets) {
    static constexpr std::array<std::string_view, 1> lease_keys{"createdat"};
    static constexpr std::array<std::string_view, 4> lease_buckets{"content", "ingests", "labels",
                                                                   "snapshots"};
    return has_only(keys, lease_keys) && has_only(buckets, lease_buckets);
}

} // namespace

std::optional<Path> home_of_bucket(Owner owner, std::string_view name, Names keys, Names buckets) {
    if (owner != Owner::containerd || !has(keys, "createdat"))
        return std::nullopt;
    if (has(keys, "kind") && has(keys, "id")) // of a snapshotter's own file
        return Path{"v1", "snapshots"};
    if (is_container(keys))
        return Path{"v1", "*", "containers"};
    if (has(buckets, "target"))
        return Path{"v1", "*", "images"};
    if (has(keys, "size") && name.find(':') != std::string_view::npos)
        return Path{"v1", "*", "content", "blob"};
    if (has(keys, "name") && has(keys, "updatedat"))
        return Path{"v1", "*", "snapshots", "*"};
    if (is_lease(keys, buckets))
        return Path{"v1", "*", "leases"};
    return std::nullopt;
}

} // namespace rebolt::schema
