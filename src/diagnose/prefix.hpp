// What loggers put before a program's own text. No format is known here: the
// bytes before the words of a crash are that writer's prefix, and the following
// lines have the same one, but for their digits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::diagnose {

/// A prefix with its digits left open.
class PrefixShape {
public:
    static constexpr std::size_t bytes_max = 512;

    PrefixShape() = default;
    /// Only the last bytes_max bytes of a longer prefix count for nothing: such
    /// a shape matches no line.
    explicit PrefixShape(std::string_view prefix);

    /// How many bytes of `line` have this shape; nullopt if it does not start so.
    /// Blanks that end the shape may be missing where the line ends.
    [[nodiscard]] std::optional<std::size_t> length_in(std::string_view line) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return shape_.size(); }
    friend bool operator==(const PrefixShape&, const PrefixShape&) = default;

private:
    std::string shape_;
    bool is_too_long_ = false;
};

/// Who wrote a line and when, as its prefix tells.
struct PrefixOrigin {
    std::string_view program; ///< `dockerd` of `host dockerd[812]: `; or empty
    std::string_view time;    ///< as it is there; or empty
};
[[nodiscard]] PrefixOrigin origin_in(std::string_view prefix) noexcept;
/// The same of a whole line, whose last word is no name.
[[nodiscard]] PrefixOrigin origin_of_line(std::string_view line) noexcept;

/// The name of a program that uses bbolt within a longer name: `etcd` of
/// `microk8s.daemon-etcd`; empty if there is none.
[[nodiscard]] std::string_view known_program_in(std::string_view name) noexcept;

} // namespace rebolt::diagnose
