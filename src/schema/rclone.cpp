// kv/<remote>~hasher.bolt of rclone's hasher: bucket `hasher`, a file's path, and
// its hashes as encoding/gob writes them. By backend/hasher/kv.go and lib/kv/bolt.go.
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::rclone {
namespace {

// gob's unsigned number: one byte below 128, or how many bytes (negated) and those.
std::optional<std::uint64_t> read_size(std::string_view bytes, std::size_t& at) {
    if (at >= bytes.size())
        return std::nullopt;
    const auto first = static_cast<unsigned char>(bytes[at++]);
    if (first < 0x80)
        return first;
    const std::size_t size = 0x100U - first;
    if (size > sizeof(std::uint64_t) || bytes.size() - at < size)
        return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8U | static_cast<unsigned char>(bytes[at++]);
    return number;
}

// Messages, each after its size: the types, then the record.
ValueClause judge_gob(const Entry& entry) {
    std::size_t at = 0;
    while (at < entry.value.size()) {
        const std::size_t begin = at;
        const auto size = read_size(entry.value, at);
        if (!size || *size == 0 || *size > entry.value.size() - at)
            return fmt::format("the gob stops at byte {}: the message is not whole", begin);
        at += static_cast<std::size_t>(*size);
    }
    return judge_value_is(!entry.value.empty(), entry, "a gob");
}

constexpr std::array<Place, 1> places{{{.bucket = "hasher", .key = "*", .judge = judge_gob}}};

bool has_names(Names names) {
    return names.size() == 1 && names[0] == "hasher";
}

bool names_its_type(std::string_view value) {
    return value.contains("hashRecord") && value.contains("Hashes");
}

Fit fit_rclone(const SampleEntry& entry) {
    if (entry.is_bucket)
        return Fit::either;
    return names_its_type(entry.value) ? Fit::owners : Fit::foreign;
}

Home home_of_rclone_key(std::string_view /*key*/, std::string_view value) {
    return names_its_type(value) ? Home(Path{"hasher"}) : std::nullopt;
}

} // namespace
} // namespace rebolt::schema::rclone

namespace rebolt::schema {

constinit const KnownOwner rclone_owner{.owner = Owner::rclone,
                                        .name = "rclone",
                                        .has_names = rclone::has_names,
                                        .places = rclone::places,
                                        .fit = rclone::fit_rclone,
                                        .home_of_key = rclone::home_of_rclone_key};

} // namespace rebolt::schema
