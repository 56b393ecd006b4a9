// Which elements of a damaged leaf may still be believed.
#include <algorithm>

#include "salvage/recover/damaged_page.hpp"

namespace rebolt::salvage {
namespace {

using format::LeafElementHeader;
using format::LeafView;

struct Extent {
    std::uint64_t begin;
    std::uint64_t value;
    std::uint64_t end;
    std::uint32_t flags;
};

class DamagedLeaf {
public:
    DamagedLeaf(Bytes page, const Context& context, std::span<const std::string> bucket)
        : page_(page), context_(context), bucket_(bucket) {
        const std::size_t room = (page.size() - format::page_header_bytes) / format::element_bytes;
        const std::size_t count = std::min<std::size_t>(count_of(page), room);
        for (std::size_t i = 0; i < count; ++i) {
            const auto raw = load<LeafElementHeader>(page.data() + LeafView::offset_of(i));
            const std::uint64_t begin = LeafView::offset_of(i) + std::uint64_t{raw.pos};
            extents_.push_back({begin, begin + raw.key_bytes,
                                begin + raw.key_bytes + std::uint64_t{raw.value_bytes}, raw.flags});
        }
    }

    // One place is wrong, and all others fit each other: only that header, or
    // the header's neighbours, can have been changed.
    [[nodiscard]] std::vector<std::uint32_t> chained() const {
        std::vector<std::uint32_t> kept;
        std::size_t breaks = 0;
        for (std::size_t i = 0; i < extents_.size(); ++i) {
            const bool fits_left =
                extents_[i].begin == (i == 0 ? table_end() : extents_[i - 1].end);
            const bool fits_right =
                i + 1 == extents_.size() || extents_[i + 1].begin == extents_[i].end;
            breaks += fits_left ? 0 : 1;
            if (fits_left && fits_right && is_possible(i))
                kept.push_back(static_cast<std::uint32_t>(i));
        }
        if (breaks == 0 || breaks > 2 || !ascend(kept))
            return {};
        return kept;
    }

    // Those that the owner's rules recognise. The last one before and the first
    // one behind a fault may reach into it.
    [[nodiscard]] std::vector<std::uint32_t> recognised() const {
        std::vector<bool> known(extents_.size());
        for (std::size_t i = 0; i < extents_.size(); ++i)
            known[i] = is_possible(i) && is_recognised(i) &&
                       (i == 0 || !known[i - 1] || key(i - 1) < key(i));
        std::vector<std::uint32_t> kept;
        for (std::size_t i = 0; i < extents_.size(); ++i)
            if (known[i] && (i == 0 || known[i - 1]) && (i + 1 == known.size() || known[i + 1]))
                kept.push_back(static_cast<std::uint32_t>(i));
        return ascend(kept) ? kept : std::vector<std::uint32_t>{};
    }

private:
    [[nodiscard]] std::uint64_t table_end() const { return LeafView::offset_of(extents_.size()); }
    [[nodiscard]] bool is_possible(std::size_t i) const {
        const Extent& at = extents_[i];
        return at.begin >= table_end() && at.end <= page_.size() && at.value > at.begin &&
               at.value - at.begin <= format::key_bytes_max && at.flags <= 1;
    }
    [[nodiscard]] std::string_view key(std::size_t i) const {
        return as_text(page_.subspan(extents_[i].begin, extents_[i].value - extents_[i].begin));
    }
    [[nodiscard]] bool is_recognised(std::size_t i) const {
        if (extents_[i].flags != 0)
            return false;
        const std::string_view value =
            as_text(page_.subspan(extents_[i].value, extents_[i].end - extents_[i].value));
        const auto home = context_.home_of(key(i), value);
        return home && std::ranges::equal(*home, bucket_);
    }
    [[nodiscard]] bool ascend(const std::vector<std::uint32_t>& kept) const {
        for (std::size_t i = 1; i < kept.size(); ++i)
            if (key(kept[i - 1]) >= key(kept[i]))
                return false;
        return true;
    }

    Bytes page_;
    const Context& context_;
    std::span<const std::string> bucket_;
    std::vector<Extent> extents_;
};

} // namespace

std::vector<std::uint32_t> sound_elements(Bytes leaf, const Context& context,
                                          std::span<const std::string> bucket) {
    const DamagedLeaf page(leaf, context, bucket);
    auto kept = page.chained();
    return kept.empty() ? page.recognised() : kept;
}

} // namespace rebolt::salvage
