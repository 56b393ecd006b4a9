#include "store/object_cache.hpp"

#include <utility>

#include "base/try.hpp"

namespace rebolt::store {

Result<std::vector<KeyValue>> ObjectCache::list(const std::string& prefix) {
    const std::lock_guard lock(mutex_);
    auto at = prefixes_.find(prefix);
    if (at == prefixes_.end())
        at = prefixes_.emplace(prefix, Listed{TRY(store_.watch_tree(prefix)), {}}).first;
    TRY(catch_up(at->second));
    std::vector<KeyValue> pairs;
    pairs.reserve(at->second.pairs.size());
    for (const auto& [key, pair] : at->second.pairs)
        pairs.push_back(pair);
    return pairs;
}

Result<KeyValue> ObjectCache::get(std::string_view key) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& [prefix, listed] : prefixes_) {
            if (!key.starts_with(prefix))
                continue;
            TRY(catch_up(listed));
            const auto at = listed.pairs.find(key);
            if (at == listed.pairs.end())
                return Error(ErrorCode::key_not_found, "there is no key " + printable(key));
            return at->second;
        }
    }
    return store_.get(key);
}

Result<void> ObjectCache::catch_up(Listed& listed) {
    while (auto event = TRY(listed.watch->next({}, std::chrono::milliseconds{0}))) {
        switch (event->kind) {
        case EventKind::put: {
            std::string key = event->pair.key;
            listed.pairs.insert_or_assign(std::move(key), std::move(event->pair));
            break;
        }
        case EventKind::removed:
            listed.pairs.erase(event->pair.key);
            break;
        case EventKind::reset:
            listed.pairs.clear();
            break;
        case EventKind::caught_up:
            break;
        }
    }
    return {};
}

} // namespace rebolt::store
