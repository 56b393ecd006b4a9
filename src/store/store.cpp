#include <rebolt/store.hpp>

#include <utility>

#include "base/try.hpp"

namespace rebolt::store {

Result<std::vector<KeyValue>> Store::list(std::string_view prefix) {
    std::vector<KeyValue> pairs;
    TRY(for_each(prefix, [&](KeyValue&& pair) {
        pairs.push_back(std::move(pair));
        return Result<void>();
    }));
    if (pairs.empty())
        return Error(ErrorCode::key_not_found, "no key begins with this prefix");
    return pairs;
}

Result<void> Store::put_all(std::span<const KeyValue> pairs) {
    for (const KeyValue& pair : pairs)
        TRY(put(pair.key, pair.value));
    return {};
}

} // namespace rebolt::store
