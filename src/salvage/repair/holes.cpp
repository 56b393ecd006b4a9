#include "salvage/repair/holes.hpp"

#include <algorithm>
#include <ranges>

namespace rebolt::salvage {
namespace {

using format::PageType;
using Elements = std::vector<PageElement>;

bool names_an_element(FindingCode code) {
    return code == FindingCode::bucket_value_malformed ||
           code == FindingCode::inline_bucket_malformed;
}

// The element whose key or value holds this byte of the page.
std::optional<std::size_t> element_at(const Elements& elements, const std::byte* byte) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const std::byte* begin = as_bytes(elements[i].key).data();
        const std::byte* end = as_bytes(elements[i].value).data() + elements[i].value.size();
        if (byte >= begin && byte < end)
            return i;
    }
    return std::nullopt;
}

void erase(Elements& elements, const std::vector<std::size_t>& indexes) {
    for (const std::size_t index : std::views::reverse(indexes))
        elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(index));
}

} // namespace

bool Holes::cut(const Finding& finding) {
    const Path& path = finding.place.path;
    if (path.empty())
        return false;
    if (names_an_element(finding.code))
        return cut_element(finding);
    if (finding.code == FindingCode::value_malformed) // a value is its owner's affair
        return false;
    return cut_page(finding, path);
}

// Takes the last page of the path out of the one before.
bool Holes::cut_page(const Finding& finding, const Path& path) {
    if (path.size() < 2)
        return false;
    const Path above(path.begin(), path.end() - 1);
    const auto bytes = edit_.page(above.back());
    auto elements = bytes.empty() ? std::nullopt : elements_of(bytes);
    if (!elements) // then it is damaged itself
        return cut_page(finding, above);
    const auto indexes = leading_to(*elements, type_of(above.back()), path.back());
    if (indexes.empty())
        return false;
    for (const std::size_t index : indexes)
        note(finding, path, *elements, index);
    erase(*elements, indexes);
    return write(finding, above, *elements);
}

bool Holes::cut_element(const Finding& finding) {
    const Path& path = finding.place.path;
    const PageId page = path.back();
    if (std::ranges::find(changed_, page) != changed_.end())
        return false;
    const auto bytes = edit_.page(page);
    auto elements = bytes.empty() ? std::nullopt : elements_of(bytes);
    if (!elements)
        return cut_page(finding, path);
    const std::uint64_t offset =
        finding.place.offset.value_or(0) - number(page) * edit_.source().page_size_bytes();
    if (offset > bytes.size())
        return false;
    auto index = element_at(*elements, bytes.data() + offset);
    if (!index) // an empty value has no byte of its own
        for (std::size_t i = 0; i < elements->size() && !index; ++i)
            if ((*elements)[i].flags != 0 && !finding.place.bucket.empty() &&
                (*elements)[i].key == finding.place.bucket.back())
                index = i;
    if (!index)
        return cut_page(finding, path);
    dropped_.push_back({.bucket = finding.place.bucket,
                        .first = {},
                        .end = std::nullopt,
                        .name = std::string((*elements)[*index].key),
                        .page = page,
                        .parent = page,
                        .code = finding.code});
    if (!dropped_.back().bucket.empty()) // the last is the bucket's own name
        dropped_.back().bucket.pop_back();
    erase(*elements, {*index});
    return write(finding, path, *elements);
}

// Rewrites the last page of the path; one without elements is removed from its
// parent, unless it is a bucket's root, which may be an empty leaf.
bool Holes::write(const Finding& finding, const Path& path, const Elements& elements) {
    const PageId page = path.back();
    const bool is_root = path.size() == 1 || type_of(path[path.size() - 2]) == PageType::leaf;
    if (elements.empty() && !is_root)
        return cut_page(finding, path);
    const auto image = page_image(page, elements.empty() ? PageType::leaf : type_of(page), elements,
                                  edit_.source().page_size_bytes());
    if (image.size() > edit_.page(page).size())
        return false; // its elements lay over each other
    edit_.put(page, image);
    changed_.push_back(page);
    return true;
}

// What can no longer be reached, by the last but one page of the path.
void Holes::note(const Finding& finding, const Path& path, const Elements& elements,
                 std::size_t index) {
    const std::size_t at = path.size() - 2;
    DroppedHole hole{.bucket = finding.place.bucket,
                     .first = {},
                     .end = std::nullopt,
                     .name = std::nullopt,
                     .page = path.back(),
                     .parent = path[at],
                     .code = finding.code};
    if (type_of(path[at]) == PageType::leaf) { // a bucket's root
        hole.name = std::string(elements[index].key);
        if (!hole.bucket.empty() && hole.bucket.back() == *hole.name)
            hole.bucket.pop_back();
    } else {
        hole.first = std::string(elements[index].key);
        hole.end = index + 1 < elements.size() ? std::string(elements[index + 1].key)
                                               : end_above(path, at);
    }
    dropped_.push_back(std::move(hole));
}

// Where the range of path[at] ends, by the branches above it.
std::optional<std::string> Holes::end_above(const Path& path, std::size_t at) const {
    for (; at != 0 && type_of(path[at - 1]) == PageType::branch; --at) {
        const auto bytes = edit_.page(path[at - 1]);
        const auto elements = bytes.empty() ? std::nullopt : elements_of(bytes);
        if (!elements)
            return std::nullopt;
        for (std::size_t i = 0; i + 1 < elements->size(); ++i)
            if ((*elements)[i].child == path[at])
                return std::string((*elements)[i + 1].key);
    }
    return std::nullopt;
}

PageType Holes::type_of(PageId page) const {
    const auto bytes = edit_.page(page);
    return bytes.empty() ? PageType::unknown : load<format::PageHeader>(bytes.data()).type();
}

// The elements to take out, so that nothing leads to `page`: into its overflow,
// if it is one, and not the one that leads there by right.
std::vector<std::size_t> Holes::leading_to(const Elements& elements, PageType type,
                                           PageId page) const {
    const auto child_of = [&](const PageElement& element) -> std::optional<PageId> {
        return type == PageType::branch ? element.child : element.bucket_root();
    };
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (child_of(elements[i]) == page)
            found.push_back(i);
    for (std::size_t i = 0; found.empty() && i < elements.size(); ++i) {
        const auto child = child_of(elements[i]);
        if (!child || *child >= page || number(*child) >= edit_.source().page_count())
            continue;
        const std::uint64_t pages = edit_.page(*child).size() / edit_.source().page_size_bytes();
        if (number(page) < number(*child) + pages)
            found.push_back(i);
    }
    if (found.size() < 2)
        return found;
    const auto bytes = edit_.page(page);
    const auto below = bytes.empty() ? std::nullopt : elements_of(bytes);
    if (!below || below->empty())
        return found;
    std::erase_if(found, [&](std::size_t i) {
        return elements[i].key <= below->front().key &&
               (i + 1 == elements.size() || below->front().key < elements[i + 1].key);
    });
    return found;
}

} // namespace rebolt::salvage
