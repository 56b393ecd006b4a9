// BucketTable: numbers for the buckets that have pages of their own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "salvage/recover/survey.hpp"

namespace rebolt::salvage {

inline constexpr BucketId root_bucket = 0;

class BucketTable {
public:
    BucketTable() { buckets_.push_back({no_bucket, {}}); }

    /// The number of a bucket in another; a new one when first asked.
    BucketId inside(BucketId parent, std::string_view name) {
        const auto [at, is_new] = numbers_.try_emplace({parent, std::string(name)},
                                                       static_cast<BucketId>(buckets_.size()));
        if (is_new)
            buckets_.push_back({parent, at->first.second});
        return at->second;
    }
    BucketId at_path(const std::vector<std::string>& path) {
        BucketId bucket = root_bucket;
        for (const std::string& name : path)
            bucket = inside(bucket, name);
        return bucket;
    }
    /// The number of a bucket that has one.
    [[nodiscard]] std::optional<BucketId> find_path(const std::vector<std::string>& path) const {
        BucketId bucket = root_bucket;
        for (const std::string& name : path) {
            const auto at = numbers_.find({bucket, name});
            if (at == numbers_.end())
                return std::nullopt;
            bucket = at->second;
        }
        return bucket;
    }
    [[nodiscard]] std::vector<std::string> path(BucketId bucket) const {
        std::vector<std::string> names;
        for (; bucket != root_bucket; bucket = buckets_[bucket].parent)
            names.emplace_back(buckets_[bucket].name);
        return {names.rbegin(), names.rend()};
    }
    [[nodiscard]] std::size_t size() const noexcept { return buckets_.size(); }
    [[nodiscard]] BucketId parent(BucketId bucket) const noexcept {
        return buckets_[bucket].parent;
    }

private:
    struct Named {
        BucketId parent;
        std::string_view name; ///< of the key in numbers_
    };
    std::map<std::pair<BucketId, std::string>, BucketId> numbers_;
    std::vector<Named> buckets_;
};

} // namespace rebolt::salvage
