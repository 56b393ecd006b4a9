// ObjectCache: what a datastore has listed of its local store, kept in step
// (libnetwork: cache, kmap).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

/// For each prefix that was listed, its pairs and the watch they came from.
/// Before each answer the watch is asked: while nobody has committed anything
/// that is a look at the file's metas, no lock and no list. Safe to use from
/// many threads.
class ObjectCache {
public:
    /// `store` must outlive it.
    explicit ObjectCache(Store& store) : store_(store) {}

    [[nodiscard]] Result<std::vector<KeyValue>> list(const std::string& prefix);
    /// From a prefix that was listed, or from the store. Errors: key_not_found.
    [[nodiscard]] Result<KeyValue> get(std::string_view key);

private:
    struct Listed {
        std::unique_ptr<Watch> watch;
        std::map<std::string, KeyValue, std::less<>> pairs;
    };
    Result<void> catch_up(Listed& listed);

    Store& store_;
    std::mutex mutex_;
    std::map<std::string, Listed> prefixes_;
};

} // namespace rebolt::store
