// Which bucket's record a JSON object is: by the members that only one kind of
// record has. For owners with many buckets of JSON whose keys look alike.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "schema/json_members.hpp"

namespace rebolt::schema {

struct Signature {
    std::string_view bucket;
    std::array<std::string_view, 3> has;          ///< all of these; empty ones do not count
    std::array<std::string_view, 3> has_not = {}; ///< and none of these
    std::size_t members = 0;                      ///< and no others, if it is not 0
};

/// The bucket of the one signature that fits; empty if none does, or more than one.
[[nodiscard]] std::string_view bucket_by_signature(const JsonMembers& members,
                                                   std::span<const Signature> signatures);

} // namespace rebolt::schema
