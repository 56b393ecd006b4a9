#include "patient.hpp"

#include <algorithm>

#include <rebolt/format.hpp>

namespace rebolt::test {

Patient::Patient(SoundFile file, Random& random)
    : tree_(file.tree), random_(random), sound_(file.bytes),
      bytes_(file.bytes.begin(), file.bytes.end()) {}

std::vector<std::size_t> Patient::leaves() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 1; i < tree_.pages.size(); ++i)
        if (tree_.pages[i].is_leaf)
            found.push_back(i);
    return found;
}

std::vector<std::size_t> Patient::branches() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < tree_.pages.size(); ++i)
        if (!tree_.pages[i].is_leaf)
            found.push_back(i);
    return found;
}

std::optional<std::size_t> Patient::any_of(const std::vector<std::size_t>& pages) {
    if (pages.empty())
        return std::nullopt;
    return pages[random_.below(pages.size())];
}

std::vector<std::uint64_t> Patient::stale_leaves() const {
    std::vector<std::uint64_t> found;
    for (const std::uint64_t page : tree_.free)
        if (keys_of(page))
            found.push_back(page);
    return found;
}

std::optional<std::pair<std::string, std::string>> Patient::keys_of(std::uint64_t page) const {
    if (offset_of(page + 1) > sound_.size())
        return std::nullopt;
    const Bytes bytes = sound_.subspan(offset_of(page), page_size());
    const auto header = load<format::PageHeader>(bytes.data());
    const auto leaf = format::LeafView::of(bytes);
    if (header.id != page || header.flags != format::leaf_flag || header.overflow != 0 || !leaf ||
        leaf->count() == 0)
        return std::nullopt;
    const auto first = leaf->element(0);
    const auto last = leaf->element(leaf->count() - 1U);
    if (!first || !last)
        return std::nullopt;
    return std::pair(std::string(first->key), std::string(last->key));
}

bool Patient::would_fit(std::size_t page, const std::pair<std::string, std::string>& keys) const {
    // Upwards: an element's key bounds from below, the next one's from above.
    for (std::size_t at = page; tree_.pages[at].parent != no_index; at = tree_.pages[at].parent) {
        const LivePage& self = tree_.pages[at];
        for (std::size_t i = 1; i < tree_.pages.size(); ++i) {
            const LivePage& sibling = tree_.pages[i];
            if (sibling.parent != self.parent)
                continue;
            if (sibling.element == self.element && self.element != 0 &&
                keys.first < sibling.first_key)
                return false;
            if (sibling.element == self.element + 1 && keys.second >= sibling.first_key)
                return false;
        }
    }
    return true;
}

void Patient::zero(std::uint64_t page, std::uint64_t pages) {
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset_of(page)), pages * page_size(),
                std::byte{0});
}

void Patient::fill_with_noise(std::uint64_t page, std::uint64_t pages) {
    for (std::uint64_t at = offset_of(page); at < offset_of(page + pages); at += 8)
        put(at, random_.next());
}

void Patient::copy_page(std::uint64_t from, std::uint64_t to) {
    copy_rest(from, to, 0);
}

void Patient::copy_rest(std::uint64_t from, std::uint64_t to, std::uint64_t begin) {
    std::ranges::copy(sound_page(from).subspan(begin),
                      bytes_.begin() + static_cast<std::ptrdiff_t>(offset_of(to) + begin));
}

bool Patient::is_changed(std::uint64_t id) const {
    return !std::ranges::equal(page(id), sound_page(id));
}

void Patient::seal(std::uint64_t meta) {
    const std::uint64_t body = offset_of(meta) + format::page_header_bytes;
    constexpr std::size_t length = offsetof(format::MetaFields, checksum);
    put(body + length, format::fnv1a(Bytes(bytes_).subspan(body, length)));
}

std::optional<Harmed> Patient::discharge(std::string text) {
    if (std::ranges::equal(bytes_, sound_))
        return std::nullopt;
    return Harmed{std::move(bytes_), std::move(text), std::move(moved_)};
}

} // namespace rebolt::test
