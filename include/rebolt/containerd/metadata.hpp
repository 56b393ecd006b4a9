// metadata: what containerd keeps in meta.db: images, contents, snapshots,
// containers and leases of all namespaces, read also from a damaged file.
//
//   const auto path = rebolt::containerd::metadata_path("/var/lib/containerd");
//   auto source = rebolt::PageSource::open(path);
//   if (!source)
//       return std::move(source).error();
//   auto metadata = rebolt::containerd::load_metadata(*source);
//   if (!metadata)
//       return std::move(metadata).error();
//   for (const auto& image : metadata->images)
//       std::puts(image.name.c_str());
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt::containerd {

using Labels = std::map<std::string, std::string>;

/// What all records have.
struct Record {
    std::string name_space;
    std::string created; ///< RFC 3339, UTC; empty: not there
    std::string updated;
    Labels labels;
};

struct Image : Record {
    std::string name;
    std::string digest; ///< of its index or manifest
    std::string media_type;
    std::int64_t bytes = 0;
};

/// A blob that a namespace has. Blobs that none lists are deleted.
struct Content : Record {
    std::string digest;
    std::int64_t bytes = 0;
};

struct Snapshot : Record {
    std::string snapshotter; ///< `overlayfs`, …
    std::string key;
    std::string name; ///< the key in the snapshotter's own file
    std::string parent;
};

struct Container : Record {
    std::string id;
    std::string image;
    std::string runtime;
    std::string snapshotter;
    std::string snapshot_key;
};

struct SnapshotReference {
    std::string snapshotter;
    std::string key;
};

struct Lease : Record {
    std::string id;
    std::vector<std::string> contents; ///< digests
    std::vector<SnapshotReference> snapshots;
};

/// All of a file, each list in the order of namespaces and names. Of a damaged
/// file: what is sound in its newest state; what is missing is counted.
struct Metadata {
    std::vector<Image> images;
    std::vector<Content> contents;
    std::vector<Snapshot> snapshots;
    std::vector<Container> containers;
    std::vector<Lease> leases;
    std::int64_t version = 0; ///< 3: containerd 1.x; 4: from 2.0 on; 0: not there
    bool is_whole = true;     ///< no page of the newest state is damaged
    std::uint64_t damaged_ranges = 0;
    std::uint64_t lost_estimate = 0;

    [[nodiscard]] std::size_t record_count() const noexcept;
};

/// Where meta.db is below containerd's root.
[[nodiscard]] std::string metadata_path(const std::string& root);
/// The root, of a path that is some root's meta.db; else empty.
[[nodiscard]] std::string root_of(const std::string& metadata_path);

/// Reads all records. An empty file has none. Errors: damaged (nothing in it is a bbolt page), io,
/// out_of_memory, bucket_not_found (a sound file that is not containerd's).
/// Cost: O(file).
[[nodiscard]] Result<Metadata> load_metadata(const PageSource& source);

} // namespace rebolt::containerd
