// Result<T>: a value or an Error. Errors are values: no exception leaves the
// public interface, and a Result that is dropped is a compiler warning.
#pragma once

#include <expected>
#include <utility>

#include <rebolt/error.hpp>

namespace rebolt {

/// A class, not an alias: libstdc++ 12's std::expected is not [[nodiscard]].
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
    Result() = default;
    // An Error converts, so that `return Error(…);` reads as it should.
    Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
};

} // namespace rebolt
