// How a step of bbolt's ends before its time, and the results that carry it.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include <rebolt/prediction.hpp>

namespace rebolt::predict {

struct EndingParts {
    OutcomeKind kind;
    std::string words;
    std::optional<PageId> page;
};

using Ending = std::unique_ptr<EndingParts>;

/// A value, or how bbolt ended before it had one.
template <class T>
class [[nodiscard]] Ended : public std::expected<T, Ending> {
public:
    using std::expected<T, Ending>::expected;
    Ended(Ending ending) : std::expected<T, Ending>(std::unexpected(std::move(ending))) {}
};

using Done = Ended<void>;

[[nodiscard]] inline Ending ending(OutcomeKind kind, std::string words,
                                   std::optional<PageId> page = std::nullopt) {
    return std::make_unique<EndingParts>(kind, std::move(words), page);
}
[[nodiscard]] inline Ending panic(std::string words, std::optional<PageId> page = std::nullopt) {
    return ending(OutcomeKind::panic, std::move(words), page);
}
[[nodiscard]] inline Ending refusal(std::string words) {
    return ending(OutcomeKind::error, std::move(words));
}
[[nodiscard]] inline Ending hang(std::string words, std::optional<PageId> page = std::nullopt) {
    return ending(OutcomeKind::hang, std::move(words), page);
}
[[nodiscard]] inline Ending index_panic(std::uint64_t index, std::uint64_t length) {
    return panic("runtime error: index out of range [" + std::to_string(index) + "] with length " +
                 std::to_string(length));
}
[[nodiscard]] inline Ending nil_panic() {
    return panic("runtime error: invalid memory address or nil pointer dereference");
}

} // namespace rebolt::predict
