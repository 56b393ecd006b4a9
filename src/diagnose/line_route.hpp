// The way to a writer's own text in a line: through a prefix, and through
// fields in quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnose/prefix.hpp"

namespace rebolt::diagnose {

/// Of names and times in prefixes.
inline constexpr std::size_t name_bytes_max = 64;

struct LearnedRoute;

class LineRoute {
public:
    /// The way to the words of a crash in `line`; nullopt if it has none.
    /// Cost: O(line).
    [[nodiscard]] static std::optional<LearnedRoute> learn(std::string_view line);

    /// The text that another line has on this way; nullopt if it is not the same
    /// writer's.
    [[nodiscard]] std::optional<std::string> follow(std::string_view line) const;

    /// How much a line must have in common with this way.
    [[nodiscard]] std::size_t size() const noexcept;

private:
    struct Field {
        PrefixShape before;
        std::string key;
    };
    std::vector<Field> fields_; ///< outermost first
    PrefixShape prefix_;
};

struct LearnedRoute {
    LineRoute route;
    std::string text;      ///< from the words on; of a burst: all of it
    bool is_burst = false; ///< a whole crash is in one line: `text` has several
    std::string program;   ///< as the prefix tells, or empty
    std::string time;
    std::string component; ///< which of its children wrote it: `component=etcd`; or empty
};

/// The line without what its logger put before it, where that can be told.
[[nodiscard]] std::string_view without_prefix(std::string_view line) noexcept;

} // namespace rebolt::diagnose
