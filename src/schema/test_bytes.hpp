// For tests: literals that hold zero bytes, and a validator called by path.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/schema.hpp>

namespace rebolt::schema::test {

/// A literal with its zero bytes, without the closing one.
template <std::size_t n>
constexpr std::string_view bytes(const char (&literal)[n]) { // NOLINT: its size is the point
    return {literal, n - 1};
}

/// What validate says, or `fine`.
inline std::string verdict(Owner owner, const std::vector<std::string>& bucket,
                           std::string_view key, std::string_view value) {
    const auto fault = validate(owner, bucket, key, value);
    if (!fault)
        return "fine";
    return fault->is_unknown_form ? "unknown form: " + fault->clause : fault->clause;
}

} // namespace rebolt::schema::test
