// Harnesses of what reads a file and shows what is in it.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/carve.hpp>
#include <rebolt/containerd/fsck.hpp>
#include <rebolt/containerd/metadata.hpp>
#include <rebolt/content_walk.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/network_state.hpp>
#include <rebolt/docker/startup.hpp>
#include <rebolt/etcd/history.hpp>
#include <rebolt/etcd/kubernetes.hpp>
#include <rebolt/file_map.hpp>
#include <rebolt/impact.hpp>
#include <rebolt/key_history.hpp>
#include <rebolt/live_copy.hpp>
#include <rebolt/masked_copy.hpp>
#include <rebolt/prediction.hpp>

#include "input_file.hpp"

namespace rebolt::fuzz {
namespace {

constexpr std::array all_operations{BboltOperation::open, BboltOperation::open_read_only,
                                    BboltOperation::scan, BboltOperation::check,
                                    BboltOperation::put};
constexpr std::array all_versions{BboltVersion::v1_3_6, BboltVersion::v1_3_10,
                                  BboltVersion::v1_4_3};

void predict(const PageSource& source) {
    constexpr std::uint64_t memory_bytes = std::uint64_t{1} << 30U;
    for (const BboltVersion version : all_versions)
        for (const BboltOperation operation : all_operations)
            static_cast<void>(to_text(bbolt_prediction(source, {.version = version,
                                                                .operation = operation,
                                                                .memory_bytes = memory_bytes}),
                                      operation));
}

// The history of the first keys that the content has.
void read_histories(const PageSource& source, const std::vector<ContentItem>& items,
                    const std::vector<std::vector<std::string>>& paths) {
    for (std::size_t at = 0; at < items.size(); ++at) {
        const auto history = key_history(source, paths[at], items[at].key);
        for (const KeyVersion& version : history ? history->versions : std::vector<KeyVersion>{})
            static_cast<void>(change_between(items[at].value, version.value));
    }
}

void read_content(const MemoryFile& file, const PageSource& source) {
    constexpr std::size_t histories_max = 4;
    const auto db = DB::open(file.path(), {.read_only = true});
    const auto tx = db ? db->begin() : Result<Tx>(Error(ErrorCode::damaged, "not opened"));
    if (!tx)
        return;
    const auto hash = hash_content(*tx);
    const auto same =
        diff_content(*tx, *tx, [](const ContentDifference&) -> Result<void> { return {}; });
    require(hash.has_value() == same.has_value());
    if (!hash)
        return;
    require(same->is_same());
    ContentWalk walk(*tx);
    std::vector<ContentItem> items;
    std::vector<std::vector<std::string>> paths;
    for (auto item = walk.next(); item && *item && items.size() < histories_max;
         item = walk.next()) {
        items.push_back(**item);
        paths.emplace_back((*item)->bucket.begin(), (*item)->bucket.end());
    }
    read_histories(source, items, paths);
}

void read_etcd(const PageSource& source) {
    for (const etcd::DatabaseState& state : etcd::read_states(source)) {
        static_cast<void>(etcd::hash_kv(state));
        static_cast<void>(etcd::keys_at(state));
        static_cast<void>(etcd::lost_keys(source, state));
        static_cast<void>(etcd::history_of(source, state, "/registry/x", true));
        const auto objects = etcd::cluster_objects(state);
        if (!objects)
            continue;
        for (const etcd::ClusterObject& object : *objects) {
            static_cast<void>(etcd::yaml_of(object));
            const std::string path = etcd::export_path_of(object);
            require(!path.starts_with('/') && path.find("..") == std::string::npos);
        }
    }
}

} // namespace

void look_into_file(Input input) {
    const MemoryFile file(input);
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    const auto map = map_file(*source);
    require(map.has_value());
    static_cast<void>(impact_of(*source, map->report));
    predict(*source);
    read_content(file, *source);
    const NewName name;
    static_cast<void>(write_masked_copy(*source, name.path()));
    static_cast<void>(check_live(file.path()));
}

void read_owners(Input input) {
    const MemoryFile file(input);
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    static_cast<void>(docker::walk_startup(*source));
    if (const auto state = docker::load_network_state(*source))
        static_cast<void>(docker::plan_fsck(*source, docker::fsck(*state)));
    if (const auto metadata = containerd::load_metadata(*source))
        static_cast<void>(containerd::fsck(*metadata, {}));
    read_etcd(*source);
}

void carve_image(Input input) {
    const MemoryFile file(input);
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    const auto found = find_databases(*source);
    require(found.has_value());
    for (const FoundDatabase& database : *found)
        require(database.offset_bytes < input.size());
}

} // namespace rebolt::fuzz
