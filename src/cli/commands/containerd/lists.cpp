// rebolt containerd images|containers|snapshots|leases [FILE]
#include <memory>

#include "cli/commands/containerd/target.hpp"

namespace rebolt::cli {
namespace {

using containerd::Metadata;

Document record_json(const containerd::Record& record) {
    return {{"namespace", record.name_space},
            {"created", record.created},
            {"updated", record.updated},
            {"labels", record.labels}};
}

ContainerdView images_view(const Metadata& metadata) {
    ContainerdView view{"images", Table({"NAMESPACE", "IMAGE", "DIGEST", "MEDIA TYPE", "CREATED"})};
    for (const containerd::Image& image : metadata.images) {
        view.table.add({image.name_space, image.name, text_or(image.digest, "-"),
                        text_or(image.media_type, "-"), text_or(image.created, "-")});
        Document row = record_json(image);
        row["name"] = image.name;
        row["digest"] = image.digest;
        row["media_type"] = image.media_type;
        row["bytes"] = image.bytes;
        view.rows.push_back(std::move(row));
    }
    return view;
}

ContainerdView containers_view(const Metadata& metadata) {
    ContainerdView view{"containers",
                        Table({"NAMESPACE", "CONTAINER", "IMAGE", "RUNTIME", "SNAPSHOT"})};
    for (const containerd::Container& container : metadata.containers) {
        view.table.add({container.name_space, container.id, text_or(container.image, "-"),
                        text_or(container.runtime, "-"),
                        container.snapshot_key.empty()
                            ? "-"
                            : container.snapshotter + "/" + container.snapshot_key});
        Document row = record_json(container);
        row["id"] = container.id;
        row["image"] = container.image;
        row["runtime"] = container.runtime;
        row["snapshotter"] = container.snapshotter;
        row["snapshot_key"] = container.snapshot_key;
        view.rows.push_back(std::move(row));
    }
    return view;
}

ContainerdView snapshots_view(const Metadata& metadata) {
    ContainerdView view{"snapshots", Table({"NAMESPACE", "SNAPSHOTTER", "KEY", "PARENT", "NAME"})};
    for (const containerd::Snapshot& snapshot : metadata.snapshots) {
        view.table.add({snapshot.name_space, snapshot.snapshotter, snapshot.key,
                        text_or(snapshot.parent, "-"), text_or(snapshot.name, "-")});
        Document row = record_json(snapshot);
        row["snapshotter"] = snapshot.snapshotter;
        row["key"] = snapshot.key;
        row["parent"] = snapshot.parent;
        row["name"] = snapshot.name;
        view.rows.push_back(std::move(row));
    }
    return view;
}

ContainerdView leases_view(const Metadata& metadata) {
    ContainerdView view{"leases",
                        Table({"NAMESPACE", "LEASE", "CREATED", "CONTENTS", "SNAPSHOTS"})};
    for (const containerd::Lease& lease : metadata.leases) {
        view.table.add({lease.name_space, lease.id, text_or(lease.created, "-"),
                        std::to_string(lease.contents.size()),
                        std::to_string(lease.snapshots.size())});
        Document row = record_json(lease);
        row["id"] = lease.id;
        row["contents"] = lease.contents;
        row["snapshots"] = Document::array();
        for (const containerd::SnapshotReference& held : lease.snapshots)
            row["snapshots"].push_back({{"snapshotter", held.snapshotter}, {"key", held.key}});
        view.rows.push_back(std::move(row));
    }
    return view;
}

void set_up(Arguments arguments, const char* name, ContainerdView (*make)(const Metadata&)) {
    auto options = std::make_shared<ContainerdOptions>();
    options->add_to(arguments);
    arguments.footer(std::string("Example: rebolt containerd ") + name +
                     " --root /var/lib/containerd");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options, make] { return show_containerd(*options, make); });
}

} // namespace

void set_up_containerd_images(Arguments arguments) {
    set_up(arguments, "images", images_view);
}
void set_up_containerd_containers(Arguments arguments) {
    set_up(arguments, "containers", containers_view);
}
void set_up_containerd_snapshots(Arguments arguments) {
    set_up(arguments, "snapshots", snapshots_view);
}
void set_up_containerd_leases(Arguments arguments) {
    set_up(arguments, "leases", leases_view);
}

} // namespace rebolt::cli
