// content_store: the blobs below containerd's root, the second source of what
// meta.db should list: `io.containerd.content.v1.content/blobs/<algorithm>/<hex>`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt::containerd {

struct Blob {
    std::string digest; ///< `sha256:…`
    std::uint64_t bytes = 0;
    std::chrono::sys_seconds written; ///< its file's time
};

/// Where the blobs are below containerd's root.
[[nodiscard]] std::string blob_folder(const std::string& root);
[[nodiscard]] std::string blob_path(const std::string& root, const std::string& digest);

/// All blobs, by digest. None if there is no such folder. Errors: io.
/// Cost: one stat a blob.
[[nodiscard]] Result<std::vector<Blob>> list_blobs(const std::string& root);

/// What a blob is, as far as its JSON says: `image index`, `image manifest`,
/// `image configuration`; empty: a layer or something else.
[[nodiscard]] std::string kind_of_blob(const std::string& root, const Blob& blob);

} // namespace rebolt::containerd
