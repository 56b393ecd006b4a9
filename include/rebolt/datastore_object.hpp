// datastore_object: what a type must tell to be kept in a datastore, and what
// comes back from one (see datastore.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

enum class Scope : std::uint8_t { local, global };
/// `local`, `global`.
[[nodiscard]] std::string_view name_of(Scope scope) noexcept;

using KeyParts = std::vector<std::string>; ///< {"network", id}

/// What the datastore must know of a type: specialise it (see above).
template <class T>
struct Kind;

/// An object and the index of its last write.
template <class T>
struct Object {
    T value{};
    std::uint64_t index = 0; ///< 0: not in the store yet
    [[nodiscard]] bool exists() const noexcept { return index != 0; }
};

template <class T>
struct ObjectEvent {
    EventKind kind;
    std::string key;
    Object<T> object; ///< of `put`
};

/// Changes of objects of one type; see Watch. One thread at a time.
template <class T>
class ObjectWatch {
public:
    explicit ObjectWatch(std::unique_ptr<Watch> watch) : watch_(std::move(watch)) {}

    /// As Watch::next. Errors: those, and Kind<T>::parse's.
    Result<std::optional<ObjectEvent<T>>> next(std::stop_token stop,
                                               std::chrono::milliseconds timeout) {
        auto event = watch_->next(std::move(stop), timeout);
        if (!event)
            return std::move(event).error();
        if (!*event)
            return std::optional<ObjectEvent<T>>();
        const KeyValue& pair = (*event)->pair;
        ObjectEvent<T> typed{(*event)->kind, pair.key, {}};
        if (typed.kind == EventKind::put && !pair.value.empty()) {
            auto value = Kind<T>::parse(pair);
            if (!value)
                return std::move(value).error();
            typed.object = {std::move(*value), pair.last_index};
        }
        return std::optional<ObjectEvent<T>>(std::move(typed));
    }

private:
    std::unique_ptr<Watch> watch_;
};

} // namespace rebolt::store
