#include "schema/signature.hpp"

#include <algorithm>

namespace rebolt::schema {
namespace {

bool fits(const JsonMembers& members, const Signature& signature) {
    return std::ranges::all_of(
               signature.has,
               [&](std::string_view name) { return name.empty() || members.has(name); }) &&
           std::ranges::none_of(
               signature.has_not,
               [&](std::string_view name) { return !name.empty() && members.has(name); }) &&
           (signature.members == 0 || members.size() == signature.members);
}

} // namespace

std::string_view bucket_by_signature(const JsonMembers& members,
                                     std::span<const Signature> signatures) {
    std::string_view bucket;
    for (const Signature& signature : signatures) {
        if (!fits(members, signature))
            continue;
        if (!bucket.empty())
            return {};
        bucket = signature.bucket;
    }
    return bucket;
}

} // namespace rebolt::schema
