#include "diagnose/data_counts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/number_text.hpp"

namespace rebolt::diagnose {
namespace {

struct DataKind {
    Owner owner;
    std::string_view singular;
    std::string_view plural;
    /// Of the names from the top-level bucket down to the key, joined by `/`; `*`
    /// stands for one name. A key of Docker's has slashes of its own.
    std::string_view place;
    bool is_bucket;
};

constexpr std::array kinds{
    DataKind{Owner::docker_network, "network", "networks",
             "libnetwork/docker/network/v1.0/network/*/", false},
    DataKind{Owner::docker_network, "endpoint", "endpoints",
             "libnetwork/docker/network/v1.0/endpoint/*/*/", false},
    DataKind{Owner::docker_network, "sandbox", "sandboxes",
             "libnetwork/docker/network/v1.0/sandbox/*/", false},
    DataKind{Owner::docker_volumes, "volume", "volumes", "volumes/*", false},
    DataKind{Owner::containerd, "image", "images", "v1/*/images/*", true},
    DataKind{Owner::containerd, "container", "containers", "v1/*/containers/*", true},
    DataKind{Owner::etcd, "revision", "revisions", "key/*", false},
    DataKind{Owner::raft_boltdb, "log entry", "log entries", "logs/*", false},
    DataKind{Owner::podman, "container", "containers", "ctr/*", true},
};

std::string_view next_name(std::string_view& path) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    return name;
}

bool matches(std::string_view path, std::string_view place) {
    if (path.ends_with('/') != place.ends_with('/'))
        return false;
    while (!place.empty() && !path.empty())
        if (const std::string_view wanted = next_name(place), name = next_name(path);
            wanted != "*" && wanted != name)
            return false;
    return place.empty() && path.empty();
}

// Binary keys, as etcd's, may hold a slash: they stand for one name.
std::string path_of(const RecoveredItem& item, Owner owner) {
    std::string path;
    for (const std::string& name : item.bucket)
        path += name + "/";
    return owner == Owner::docker_network ? path.append(item.key) : path + "*";
}

} // namespace

DataCounter::DataCounter(Owner owner) : owner_(owner) {
    for (const DataKind& kind : kinds)
        if (kind.owner == owner)
            counts_.push_back({std::string(kind.singular), std::string(kind.plural), 0});
}

void DataCounter::count(const RecoveredItem& item) {
    if (counts_.empty())
        return;
    const std::string path = path_of(item, owner_);
    std::size_t index = 0;
    for (const DataKind& kind : kinds) {
        if (kind.owner != owner_)
            continue;
        if (kind.is_bucket == item.is_bucket && matches(path, kind.place))
            ++counts_[index].count;
        ++index;
    }
}

std::vector<DataCount> DataCounter::counts() const {
    std::vector<DataCount> some = counts_;
    std::erase_if(some, [](const DataCount& one) { return one.count == 0; });
    return some;
}

std::string to_text(const std::vector<DataCount>& counts) {
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i)
        text += fmt::format("{}{} {}", i == 0 ? "" : (i + 1 == counts.size() ? " and " : ", "),
                            grouped(counts[i].count),
                            counts[i].count == 1 ? counts[i].singular : counts[i].plural);
    return text;
}

} // namespace rebolt::diagnose
