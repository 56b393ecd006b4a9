#include <rebolt/containerd/fsck.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "containerd/go_values.hpp"

namespace rebolt::containerd {
namespace {

constexpr std::array<FsckText, fsck_code_count> texts{
    {{"metadata-behind", true, "meta.db is older than the content store, or empty",
      "containerd starts on it; as soon as it removes anything, its garbage collector deletes "
      "every blob that is not listed"},
     {"blob-unlisted", false, "a blob is in no namespace",
      "the garbage collector deletes it the next time that it removes anything"},
     {"content-without-blob", true, "a content is listed and its blob is gone",
      "pulling the image again may say that it is there; using it fails: content digest not found"},
     {"content-size-differs", true, "a blob has not the size that is listed",
      "reading it fails, or gives something else"},
     {"image-content-missing", true, "an image's content is in no record of its namespace",
      "the image cannot be used or exported; its name stays"},
     {"snapshot-parent-missing", true, "a snapshot's parent is gone",
      "containers on the snapshot do not start"},
     {"container-snapshot-missing", true, "a container's snapshot is gone",
      "the container does not start: snapshot does not exist"},
     {"container-image-missing", false, "a container's image is gone",
      "it starts all the same; it cannot be made again from the image"},
     {"lease-reference-missing", false, "a lease holds something that is gone",
      "nothing: what it held is not protected, and is not there"}}};

using Place = std::tuple<std::string, std::string, std::string>; // namespace, kind, name

class Finder {
public:
    Finder(const Metadata& metadata, const std::vector<Blob>& blobs)
        : metadata_(metadata), blobs_(blobs) {
        for (const Content& content : metadata.contents)
            contents_.insert({content.name_space, "", content.digest});
        for (const Snapshot& snapshot : metadata.snapshots)
            snapshots_.insert({snapshot.name_space, snapshot.snapshotter, snapshot.key});
        for (const Image& image : metadata.images)
            images_.insert({image.name_space, "", image.name});
    }

    FsckReport run() {
        compare_blobs();
        compare_contents();
        check_images();
        check_snapshots();
        check_containers();
        check_leases();
        for (const FsckFinding& finding : report_.findings)
            report_.damage_count += text_of(finding.code).is_damage ? 1U : 0U;
        std::ranges::stable_sort(report_.findings, {}, &FsckFinding::code);
        return std::move(report_);
    }

private:
    void add(FsckCode code, const std::string& subject, std::string message) {
        report_.findings.push_back({code, subject, std::move(message)});
    }

    // The newest moment that meta.db knows of.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> newest_record() const {
        std::optional<std::chrono::sys_seconds> newest;
        const auto look = [&](const auto& records) {
            for (const auto& record : records)
                for (const std::string* time : {&record.created, &record.updated})
                    newest = std::max(newest, seconds_of(*time));
        };
        look(metadata_.images);
        look(metadata_.contents);
        look(metadata_.snapshots);
        look(metadata_.containers);
        look(metadata_.leases);
        return newest;
    }

    void compare_blobs() {
        const auto unlisted = unlisted_blobs(metadata_, blobs_);
        const auto newest = newest_record();
        std::uint64_t newer = 0;
        for (const Blob& blob : unlisted) {
            ++report_.unlisted_blobs;
            report_.unlisted_bytes += blob.bytes;
            newer += !newest || blob.written > *newest ? 1U : 0U;
            add(FsckCode::blob_unlisted, blob.digest,
                fmt::format("blob {} of {} bytes is in no namespace", blob.digest, blob.bytes));
        }
        if (unlisted.empty() || (newer == 0 && !metadata_.contents.empty()))
            return;
        add(FsckCode::metadata_behind, "",
            metadata_.contents.empty()
                ? fmt::format("meta.db lists no content, and {} blobs ({} bytes) are there",
                              unlisted.size(), report_.unlisted_bytes)
                : fmt::format("{} of {} blobs that no namespace lists are newer than all that "
                              "meta.db knows",
                              newer, unlisted.size()));
    }

    void compare_contents() {
        std::map<std::string_view, const Blob*> by_digest;
        for (const Blob& blob : blobs_)
            by_digest[blob.digest] = &blob;
        for (const Content& content : metadata_.contents) {
            const auto found = by_digest.find(content.digest);
            if (found == by_digest.end())
                add(FsckCode::content_without_blob, content.digest,
                    fmt::format("content {} of namespace {} has no blob", content.digest,
                                content.name_space));
            else if (content.bytes >= 0 &&
                     found->second->bytes != static_cast<std::uint64_t>(content.bytes))
                add(FsckCode::content_size_differs, content.digest,
                    fmt::format("blob {} has {} bytes, and {} are listed", content.digest,
                                found->second->bytes, content.bytes));
        }
    }

    void check_images() {
        for (const Image& image : metadata_.images)
            if (!image.digest.empty() && !contents_.contains({image.name_space, "", image.digest}))
                add(FsckCode::image_content_missing, image.name,
                    fmt::format("image {} of namespace {} is {}, which is not listed", image.name,
                                image.name_space, image.digest));
    }

    void check_snapshots() {
        for (const Snapshot& snapshot : metadata_.snapshots)
            if (!snapshot.parent.empty() &&
                !snapshots_.contains({snapshot.name_space, snapshot.snapshotter, snapshot.parent}))
                add(FsckCode::snapshot_parent_missing, snapshot.key,
                    fmt::format("snapshot {} of {} in namespace {} is based on {}, which is gone",
                                snapshot.key, snapshot.snapshotter, snapshot.name_space,
                                snapshot.parent));
    }

    void check_containers() {
        for (const Container& container : metadata_.containers) {
            if (!container.snapshot_key.empty() &&
                !snapshots_.contains(
                    {container.name_space, container.snapshotter, container.snapshot_key}))
                add(FsckCode::container_snapshot_missing, container.id,
                    fmt::format("container {} of namespace {} runs on snapshot {} of {}, which is "
                                "gone",
                                container.id, container.name_space, container.snapshot_key,
                                container.snapshotter));
            if (!container.image.empty() &&
                !images_.contains({container.name_space, "", container.image}))
                add(FsckCode::container_image_missing, container.id,
                    fmt::format("container {} of namespace {} is of image {}, which is gone",
                                container.id, container.name_space, container.image));
        }
    }

    void check_leases() {
        for (const Lease& lease : metadata_.leases) {
            std::uint64_t gone = 0;
            for (const std::string& digest : lease.contents)
                gone += contents_.contains({lease.name_space, "", digest}) ? 0U : 1U;
            for (const SnapshotReference& held : lease.snapshots)
                gone +=
                    snapshots_.contains({lease.name_space, held.snapshotter, held.key}) ? 0U : 1U;
            if (gone != 0)
                add(FsckCode::lease_reference_missing, lease.id,
                    fmt::format("lease {} of namespace {} holds {} that {} gone", lease.id,
                                lease.name_space,
                                gone == 1 ? std::string("one thing")
                                          : fmt::format("{} things", gone),
                                gone == 1 ? "is" : "are"));
        }
    }

    const Metadata& metadata_;
    const std::vector<Blob>& blobs_;
    std::set<Place> contents_;
    std::set<Place> snapshots_;
    std::set<Place> images_;
    FsckReport report_;
};

} // namespace

const FsckText& text_of(FsckCode code) noexcept {
    return texts[static_cast<std::size_t>(code)];
}

FsckReport fsck(const Metadata& metadata, const std::vector<Blob>& blobs) {
    return Finder(metadata, blobs).run();
}

std::vector<Blob> unlisted_blobs(const Metadata& metadata, const std::vector<Blob>& blobs) {
    std::set<std::string_view> listed;
    for (const Content& content : metadata.contents)
        listed.insert(content.digest);
    std::vector<Blob> unlisted;
    for (const Blob& blob : blobs)
        if (!listed.contains(blob.digest))
            unlisted.push_back(blob);
    return unlisted;
}

} // namespace rebolt::containerd
