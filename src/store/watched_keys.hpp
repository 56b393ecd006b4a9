// The keys that a watch of a bolt or memory store sees.
#pragma once

#include <string>
#include <string_view>

namespace rebolt::store {

/// One key, or all keys with a prefix.
struct WatchedKeys {
    std::string text;
    bool is_prefix;

    [[nodiscard]] bool contains(std::string_view key) const {
        return is_prefix ? key.starts_with(text) : key == text;
    }
};

} // namespace rebolt::store
