#include "fsck/json.hpp"

#include "schema/json_members.hpp"

namespace rebolt::fsck_rules {

std::string string_in(std::string_view json, std::string_view name) {
    const auto members = schema::JsonMembers::read(json);
    return members ? std::string(members->string(name).value_or("")) : std::string();
}

std::optional<std::uint64_t> number_in(std::string_view json, std::string_view name) {
    const auto members = schema::JsonMembers::read(json);
    return members ? members->number(name) : std::nullopt;
}

} // namespace rebolt::fsck_rules
