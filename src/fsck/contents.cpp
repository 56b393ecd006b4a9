#include "fsck/contents.hpp"

#include <algorithm>
#include <filesystem>

#include <rebolt/db.hpp>

#include "base/try.hpp"

namespace rebolt::fsck_rules {
namespace {

constexpr std::size_t depth_max = 32; ///< of buckets; no owner's lie deeper

Result<void> read_bucket(const Bucket& bucket, Contents& contents, std::vector<Bucket>& to_visit) {
    const Path path = bucket.path();
    Values& values = contents.buckets[path];
    contents.sequences[path] = bucket.sequence();
    TRY(bucket.for_each([&](const Entry& entry) -> Result<void> {
        if (!entry.is_bucket)
            values.emplace(entry.key, entry.value);
        return {};
    }));
    return bucket.for_each_bucket([&](std::string_view /*name*/, const Bucket& inside) {
        if (path.size() < depth_max)
            to_visit.push_back(inside);
        return Result<void>{};
    });
}

} // namespace

const Values& Contents::in(const Path& bucket) const {
    static const Values none;
    const auto found = buckets.find(bucket);
    return found == buckets.end() ? none : found->second;
}

const std::string* Contents::value(const Path& bucket, std::string_view key) const {
    const Values& values = in(bucket);
    const auto found = values.find(key);
    return found == values.end() ? nullptr : &found->second;
}

std::vector<std::string> Contents::names_in(const Path& bucket) const {
    std::vector<std::string> names;
    for (auto at = buckets.upper_bound(bucket); at != buckets.end(); ++at) {
        const Path& path = at->first;
        if (path.size() <= bucket.size() || !std::equal(bucket.begin(), bucket.end(), path.begin()))
            break;
        if (path.size() == bucket.size() + 1)
            names.push_back(path.back());
    }
    return names;
}

Result<Contents> read_contents(const PageSource& source) {
    OpenOptions open;
    open.read_only = true;
    open.lock = false; // the source has it
    const DB db = TRY(DB::open(source.path(), open));
    const Tx tx = TRY(db.begin());
    Contents contents;
    contents.folder = std::filesystem::path(source.path()).parent_path().string();
    std::vector<Bucket> to_visit;
    TRY(tx.root().for_each_bucket([&](std::string_view /*name*/, const Bucket& inside) {
        to_visit.push_back(inside);
        return Result<void>{};
    }));
    while (!to_visit.empty()) {
        const Bucket bucket = std::move(to_visit.back());
        to_visit.pop_back();
        TRY(read_bucket(bucket, contents, to_visit));
    }
    return contents;
}

} // namespace rebolt::fsck_rules
