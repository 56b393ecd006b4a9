#include <rebolt/containerd/metadata.hpp>

#include <filesystem>
#include <map>
#include <tuple>
#include <utility>

#include <rebolt/recover.hpp>

#include "base/try.hpp"
#include "containerd/go_values.hpp"

namespace rebolt::containerd {
namespace {

// The depths of a path below `v1`: v1, namespace, object, id, …
constexpr std::size_t namespace_at = 1;
constexpr std::size_t object_at = 2;
constexpr std::size_t id_at = 3;

using ObjectKey = std::tuple<std::string, std::string, std::string>; ///< namespace, kind, id

/// Records while they are read: what recovery finds of one comes in any order.
struct Reading {
    Metadata metadata;
    bool has_root = false;
    std::map<ObjectKey, Image> images;
    std::map<ObjectKey, Content> contents;
    std::map<ObjectKey, Snapshot> snapshots;
    std::map<ObjectKey, Container> containers;
    std::map<ObjectKey, Lease> leases;
};

template <class T>
std::vector<T> values_of(std::map<ObjectKey, T>&& records) {
    std::vector<T> values;
    for (auto& [key, record] : records)
        values.push_back(std::move(record));
    return values;
}

void read_common(Record& record, std::string_view sub, const RecoveredItem& item) {
    if (sub == "labels")
        record.labels[std::string(item.key)] = item.value;
    else if (sub.empty() && item.key == "createdat")
        record.created = read_time(item.value);
    else if (sub.empty() && item.key == "updatedat")
        record.updated = read_time(item.value);
}

void read_image(Image& image, std::string_view sub, const RecoveredItem& item) {
    read_common(image, sub, item);
    if (sub != "target")
        return;
    if (item.key == "digest")
        image.digest = item.value;
    else if (item.key == "mediatype")
        image.media_type = item.value;
    else if (item.key == "size")
        image.bytes = read_signed(item.value).value_or(0);
}

void read_content(Content& content, std::string_view sub, const RecoveredItem& item) {
    read_common(content, sub, item);
    if (sub.empty() && item.key == "size")
        content.bytes = read_signed(item.value).value_or(0);
}

void read_snapshot(Snapshot& snapshot, std::string_view sub, const RecoveredItem& item) {
    read_common(snapshot, sub, item);
    if (sub.empty() && item.key == "name")
        snapshot.name = item.value;
    else if (sub.empty() && item.key == "parent")
        snapshot.parent = item.value;
}

void read_container(Container& container, std::string_view sub, const RecoveredItem& item) {
    read_common(container, sub, item);
    if (sub == "runtime" && item.key == "name")
        container.runtime = item.value;
    else if (sub.empty() && item.key == "image")
        container.image = item.value;
    else if (sub.empty() && item.key == "snapshotter")
        container.snapshotter = item.value;
    else if (sub.empty() && item.key == "snapshotKey")
        container.snapshot_key = item.value;
}

void read_lease(Lease& lease, std::span<const std::string> below, const RecoveredItem& item) {
    const std::string_view sub = below.empty() ? std::string_view{} : std::string_view(below[0]);
    read_common(lease, sub, item);
    if (sub == "content" && !item.is_bucket)
        lease.contents.emplace_back(item.key);
    else if (sub == "snapshots" && below.size() == 2 && !item.is_bucket)
        lease.snapshots.push_back({below[1], std::string(item.key)});
}

// The record that a path leads into: made where it is met first. `ids`: how many
// names behind the object name it.
template <class T>
T& record_at(std::map<ObjectKey, T>& records, std::span<const std::string> path, std::size_t ids) {
    const std::string& kind = ids == 2 ? path[id_at] : path[object_at];
    T& record = records[{path[namespace_at], kind, path[object_at + ids]}];
    record.name_space = path[namespace_at];
    return record;
}

std::string_view sub_of(std::span<const std::string> path, std::size_t ids) {
    return path.size() > object_at + ids + 1 ? std::string_view(path[object_at + ids + 1])
                                             : std::string_view{};
}

// `path` ends with the record's own bucket, or leads below it.
void read_object(Reading& reading, std::span<const std::string> path, const RecoveredItem& item) {
    const std::string& object = path[object_at];
    const std::size_t ids = object == "snapshots" || object == "content" ? 2 : 1;
    if (path.size() < object_at + ids + 1)
        return;
    const std::string& id = path[object_at + ids];
    const std::string_view sub = sub_of(path, ids);
    if (object == "images") {
        Image& image = record_at(reading.images, path, ids);
        image.name = id;
        read_image(image, sub, item);
    } else if (object == "content" && path[id_at] == "blob") {
        Content& content = record_at(reading.contents, path, ids);
        content.digest = id;
        read_content(content, sub, item);
    } else if (object == "snapshots") {
        Snapshot& snapshot = record_at(reading.snapshots, path, ids);
        snapshot.snapshotter = path[id_at];
        snapshot.key = id;
        read_snapshot(snapshot, sub, item);
    } else if (object == "containers") {
        Container& container = record_at(reading.containers, path, ids);
        container.id = id;
        read_container(container, sub, item);
    } else if (object == "leases") {
        Lease& lease = record_at(reading.leases, path, ids);
        lease.id = id;
        read_lease(lease, path.subspan(id_at + 1), item);
    }
}

void read_item(Reading& reading, const RecoveredItem& item) {
    if (item.bucket.empty()) {
        reading.has_root = reading.has_root || (item.is_bucket && item.key == "v1");
        return;
    }
    if (item.bucket[0] != "v1")
        return;
    if (item.bucket.size() == 1 && item.key == "version" && !item.is_bucket)
        reading.metadata.version = read_signed(item.value).value_or(0);
    if (item.bucket.size() <= object_at)
        return;
    if (!item.is_bucket)
        return read_object(reading, item.bucket, item);
    // A bucket with nothing in it is a record too.
    std::vector<std::string> path(item.bucket.begin(), item.bucket.end());
    path.emplace_back(item.key);
    const RecoveredItem nothing{.bucket = path,
                                .key = {},
                                .value = {},
                                .is_bucket = true,
                                .provenance = item.provenance,
                                .is_partial = item.is_partial,
                                .page = item.page};
    read_object(reading, path, nothing);
}

} // namespace

std::size_t Metadata::record_count() const noexcept {
    return images.size() + contents.size() + snapshots.size() + containers.size() + leases.size();
}

std::string metadata_path(const std::string& root) {
    return (std::filesystem::path(root) / "io.containerd.metadata.v1.bolt/meta.db").string();
}

std::string root_of(const std::string& metadata_path) {
    std::string root = std::filesystem::path(metadata_path).parent_path().parent_path().string();
    return !root.empty() && containerd::metadata_path(root) == metadata_path ? root : "";
}

Result<Metadata> load_metadata(const PageSource& source) {
    if (source.file_bytes() == 0) // bbolt makes a database in it
        return Metadata{};
    Reading reading;
    RecoverOptions options;
    options.policy = RecoverPolicy::current_only;
    options.dry_run = true;
    options.on_item = [&](const RecoveredItem& item) -> Result<void> {
        read_item(reading, item);
        return {};
    };
    auto recovery = TRY(Recovery::begin(source, "", std::move(options)));
    TRY(recovery.run());
    const RecoverReport& report = recovery.report();
    if (!reading.has_root && report.is_whole && !report.counts.is_empty())
        return Error(ErrorCode::bucket_not_found,
                     "there is no bucket `v1`: this is not containerd's meta.db")
            .in_file(source.path());
    Metadata metadata = std::move(reading.metadata);
    metadata.images = values_of(std::move(reading.images));
    metadata.contents = values_of(std::move(reading.contents));
    metadata.snapshots = values_of(std::move(reading.snapshots));
    metadata.containers = values_of(std::move(reading.containers));
    metadata.leases = values_of(std::move(reading.leases));
    metadata.is_whole = report.is_whole;
    metadata.damaged_ranges = report.ranges;
    metadata.lost_estimate = report.lost_estimate;
    return metadata;
}

} // namespace rebolt::containerd
