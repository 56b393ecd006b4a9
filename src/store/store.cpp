#include <rebolt/store.hpp>

#include "base/try.hpp"

namespace rebolt::store {

std::string_view name_of(EventKind kind) noexcept {
    switch (kind) {
    case EventKind::put:
        return "put";
    case EventKind::removed:
        return "removed";
    case EventKind::reset:
        return "reset";
    case EventKind::caught_up:
        return "caught-up";
    }
    return "unknown";
}

Result<PairList> Store::list(std::string_view prefix) {
    PairList pairs;
    TRY(for_each(prefix, [&](const PairView& pair) {
        pairs.add(pair);
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
