#include <rebolt/containerd/content_store.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include <nlohmann/json.hpp>

namespace rebolt::containerd {
namespace {

namespace fs = std::filesystem;

bool is_hex(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

// The blobs of one algorithm.
void list_into(std::vector<Blob>& blobs, const fs::path& folder, std::error_code& failed) {
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        struct ::stat status{};
        const std::string name = at->path().filename().string();
        if (!is_hex(name) || ::stat(at->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        blobs.push_back(
            {.digest = folder.filename().string() + ":" + name,
             .bytes = static_cast<std::uint64_t>(status.st_size),
             .written = std::chrono::sys_seconds{std::chrono::seconds{status.st_mtim.tv_sec}}});
    }
}

std::string kind_of_media_type(const std::string& type) {
    if (type.ends_with("image.index.v1+json") || type.ends_with("manifest.list.v2+json"))
        return "image index";
    if (type.ends_with("image.manifest.v1+json") || type.ends_with("manifest.v2+json"))
        return "image manifest";
    return "";
}

} // namespace

std::string blob_folder(const std::string& root) {
    return (fs::path(root) / "io.containerd.content.v1.content/blobs").string();
}

std::string blob_path(const std::string& root, const std::string& digest) {
    const std::size_t colon = std::min(digest.find(':'), digest.size());
    return (fs::path(blob_folder(root)) / digest.substr(0, colon) /
            digest.substr(std::min(colon + 1, digest.size())))
        .string();
}

Result<std::vector<Blob>> list_blobs(const std::string& root) {
    std::vector<Blob> blobs;
    const fs::path folder = blob_folder(root);
    std::error_code failed;
    if (!fs::exists(folder, failed))
        return blobs;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
        if (at->is_directory())
            list_into(blobs, at->path(), failed);
    if (failed)
        return Error(ErrorCode::io, "the content store cannot be read: " + failed.message())
            .in_file(folder.string());
    std::ranges::sort(blobs, {}, &Blob::digest);
    return blobs;
}

std::string kind_of_blob(const std::string& root, const Blob& blob) {
    constexpr std::uint64_t json_bytes_max = std::uint64_t{4} << 20U;
    if (blob.bytes > json_bytes_max)
        return "";
    std::ifstream file(blob_path(root, blob.digest), std::ios::binary);
    if (file.peek() != '{')
        return "";
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object())
        return "";
    if (const auto type = json.find("mediaType"); type != json.end() && type->is_string())
        return kind_of_media_type(type->get<std::string>());
    if (json.contains("manifests"))
        return "image index";
    if (json.contains("layers") && json.contains("config"))
        return "image manifest";
    return json.contains("rootfs") ? "image configuration" : "";
}

} // namespace rebolt::containerd
