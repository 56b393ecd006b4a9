// The members of a JSON object, without those inside them: enough to tell what
// kind of record it is. Like judge_json() it builds no tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::schema {

class JsonMembers {
public:
    /// nullopt unless the text is one whole object. At most `members_max` are
    /// kept, and of strings those up to `string_bytes_max`.
    [[nodiscard]] static std::optional<JsonMembers> read(std::string_view text);

    [[nodiscard]] bool has(std::string_view name) const noexcept;
    /// nullopt: not there, or no string.
    [[nodiscard]] std::optional<std::string_view> string(std::string_view name) const noexcept;
    /// nullopt: not there, or no whole number from 0 on.
    [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }

    static constexpr std::size_t members_max = 128;
    static constexpr std::size_t string_bytes_max = 4096;

private:
    class Listener;
    struct Member {
        std::string name;
        std::optional<std::string> text = {};
        std::optional<std::uint64_t> number = {};
    };
    [[nodiscard]] const Member* find(std::string_view name) const noexcept;

    std::vector<Member> members_;
};

} // namespace rebolt::schema
