#include "check/check_context.hpp"

#include <utility>

namespace rebolt::check_walk {
namespace {

constexpr std::size_t judged_depth_max = 32;
constexpr std::size_t judged_name_bytes_max = 4096;

} // namespace

bool may_be_judged(std::span<const std::string> bucket) noexcept {
    std::size_t bytes = 0;
    if (bucket.size() > judged_depth_max)
        return false;
    for (const std::string& name : bucket)
        bytes += name.size();
    return bytes <= judged_name_bytes_max;
}

Finding CheckContext::finding_at(FindingCode code, PageId page, std::uint64_t offset_in_page,
                                 std::string message) const {
    Finding finding{.code = code,
                    .severity = text_of(code).severity,
                    .place = {.page = page, .offset = std::nullopt, .bucket = {}, .path = {}},
                    .message = std::move(message),
                    .transaction = std::nullopt};
    // The id may be any number at all: only a place inside the file has an offset.
    if (number(page) < source.page_count())
        finding.place.offset = offset_of(page) + offset_in_page;
    return finding;
}

} // namespace rebolt::check_walk
