#include "check/walk.hpp"

#include <utility>

namespace rebolt::check_walk {

Finding Walk::finding_at(FindingCode code, PageId page, std::uint64_t offset_in_page,
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
