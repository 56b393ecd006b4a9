// fsck: whether meta.db and the content store fit together.
//
// containerd's garbage collector deletes every blob that no namespace lists, as
// soon as it removes anything. An empty meta.db, or an older one, over a content
// store that is full ends with the images gone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/containerd/content_store.hpp>
#include <rebolt/containerd/metadata.hpp>

namespace rebolt::containerd {

enum class FsckCode : std::uint8_t {
    metadata_behind,
    blob_unlisted,
    content_without_blob,
    content_size_differs,
    image_content_missing,
    snapshot_parent_missing,
    container_snapshot_missing,
    container_image_missing,
    lease_reference_missing,
};
inline constexpr std::size_t fsck_code_count =
    static_cast<std::size_t>(FsckCode::lease_reference_missing) + 1;

struct FsckText {
    std::string_view name;    ///< kebab-case, stable: `blob-unlisted`
    bool is_damage;           ///< false: worth knowing, and nothing is wrong yet
    std::string_view summary; ///< what is wrong, one clause
    std::string_view consequence;
};
[[nodiscard]] const FsckText& text_of(FsckCode code) noexcept;
[[nodiscard]] inline std::string_view name_of(FsckCode code) noexcept {
    return text_of(code).name;
}

struct FsckFinding {
    FsckCode code;
    std::string subject; ///< a digest, a key, an id; empty: the whole file
    std::string message;
};

struct FsckReport {
    std::vector<FsckFinding> findings;
    std::uint64_t damage_count = 0;
    std::uint64_t unlisted_blobs = 0; ///< that the collector would delete
    std::uint64_t unlisted_bytes = 0;
};

/// Compares the records with each other and with the blobs. Where meta.db is
/// damaged itself only what it still says is compared. Cost: O(records × log).
[[nodiscard]] FsckReport fsck(const Metadata& metadata, const std::vector<Blob>& blobs);

/// The blobs that no namespace lists.
[[nodiscard]] std::vector<Blob> unlisted_blobs(const Metadata& metadata,
                                               const std::vector<Blob>& blobs);

} // namespace rebolt::containerd
