// Result<T>: a value or an Error. Errors are values: no exception leaves the
// public interface, and a Result that is dropped is a compiler warning.
//
// What a temporary Result holds is handed out by value, so that it lives as long
// as it is used: `for (const Network& network : *data.list<Network>())` is right.
//
// <rebolt/try.hpp> hands an error on to the caller in one word.
#pragma once

#include <expected>
#include <utility>

#include <rebolt/error.hpp>

namespace rebolt {

/// A class, not an alias: libstdc++ 12's std::expected is not [[nodiscard]].
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
    using Base = std::expected<T, Error>;

public:
    using std::expected<T, Error>::expected;
    /// No success by default: `return {};` is one of Result<void> alone.
    Result() = delete;
    // An Error converts, so that `return Error(…);` reads as it should.
    Result(Error error) : Base(std::unexpect, std::move(error)) {}

    /// The value; there must be one.
    [[nodiscard]] T& operator*() & noexcept { return Base::operator*(); }
    [[nodiscard]] const T& operator*() const& noexcept { return Base::operator*(); }
    [[nodiscard]] T operator*() && { return std::move(*this).Base::operator*(); }
    const T& operator*() const&& = delete;

    /// The same, but throws std::bad_expected_access without one.
    [[nodiscard]] T& value() & { return Base::value(); }
    [[nodiscard]] const T& value() const& { return Base::value(); }
    [[nodiscard]] T value() && { return std::move(*this).Base::value(); }
    const T& value() const&& = delete;

    /// The error; there must be one.
    [[nodiscard]] Error& error() & noexcept { return Base::error(); }
    [[nodiscard]] const Error& error() const& noexcept { return Base::error(); }
    [[nodiscard]] Error error() && noexcept { return std::move(*this).Base::error(); }
    const Error& error() const&& = delete;
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
    using Base = std::expected<void, Error>;

public:
    using std::expected<void, Error>::expected;
    Result() = default;
    Result(Error error) : Base(std::unexpect, std::move(error)) {}

    [[nodiscard]] Error& error() & noexcept { return Base::error(); }
    [[nodiscard]] const Error& error() const& noexcept { return Base::error(); }
    [[nodiscard]] Error error() && noexcept { return std::move(*this).Base::error(); }
    const Error& error() const&& = delete;
};

} // namespace rebolt
