#include "salvage/recover/entry_target.hpp"

#include <algorithm>

namespace rebolt::salvage {

const std::uint32_t* MemoryTarget::find(std::uint32_t bucket, std::string_view key) const {
    const Contents& contents = buckets_[bucket];
    const auto at = std::ranges::lower_bound(contents.in_order, key, {}, &Item::key);
    if (at != contents.in_order.end() && at->key == key)
        return &at->inside;
    const auto other = contents.others.find(key);
    return other == contents.others.end() ? nullptr : &other->second;
}

// Stands in the bucket, or as deep on the way to it as there is one.
bool MemoryTarget::go_to(Path bucket) {
    const auto common = std::ranges::mismatch(names_, bucket);
    const auto depth = static_cast<std::size_t>(common.in1 - names_.begin());
    names_.resize(depth);
    way_.resize(depth + 1);
    for (std::size_t i = depth; i < bucket.size(); ++i) {
        const std::uint32_t* inside = find(way_.back(), bucket[i]);
        if (inside == nullptr || *inside == 0)
            return false;
        way_.push_back(*inside);
        names_.push_back(bucket[i]);
    }
    return true;
}

std::uint32_t MemoryTarget::new_bucket() {
    buckets_.emplace_back();
    return static_cast<std::uint32_t>(buckets_.size() - 1);
}

void MemoryTarget::add(std::uint32_t bucket, std::string_view key, std::uint32_t inside) {
    Contents& contents = buckets_[bucket];
    if (contents.in_order.empty() || contents.in_order.back().key < key)
        contents.in_order.push_back({key, inside});
    else
        contents.others.emplace(key, inside);
}

Result<There> MemoryTarget::there(Path bucket, std::string_view key) {
    if (!go_to(bucket))
        return There::nothing;
    const std::uint32_t* inside = find(way_.back(), key);
    if (inside == nullptr)
        return There::nothing;
    return *inside == 0 ? There::value : There::bucket;
}

Result<std::string> MemoryTarget::last_key(Path bucket) {
    if (!go_to(bucket))
        return std::string();
    const Contents& contents = buckets_[way_.back()];
    std::string_view last;
    if (!contents.in_order.empty())
        last = contents.in_order.back().key;
    if (!contents.others.empty())
        last = std::max(last, contents.others.rbegin()->first);
    return std::string(last);
}

Result<std::size_t> MemoryTarget::make(Path bucket) {
    if (go_to(bucket))
        return bucket.size();
    const std::size_t was_there = names_.size();
    for (std::size_t i = was_there; i < bucket.size(); ++i) {
        const std::string_view name = made_names_.try_emplace(bucket[i]).first->first;
        const std::uint32_t inside = new_bucket();
        add(way_.back(), name, inside);
        way_.push_back(inside);
        names_.push_back(bucket[i]);
    }
    return was_there;
}

Result<void> MemoryTarget::put(Path bucket, std::string_view key, std::string_view) {
    static_cast<void>(go_to(bucket));
    add(way_.back(), key, 0);
    return {};
}

Result<void> MemoryTarget::put_bucket(Path bucket, std::string_view key, std::uint64_t) {
    static_cast<void>(go_to(bucket));
    if (find(way_.back(), key) == nullptr)
        add(way_.back(), key, new_bucket());
    return {};
}

} // namespace rebolt::salvage
