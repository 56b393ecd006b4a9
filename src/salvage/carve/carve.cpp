#include <rebolt/carve.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <utility>

#include <rebolt/page_grammar.hpp>

namespace rebolt {
namespace {

using format::PageHeader;
using format::PageType;

constexpr std::uint64_t sector_bytes = 512;
constexpr std::uint64_t bytes_between_reports = std::uint64_t{32} << 20U;
constexpr std::uint64_t sectors_between_reports = 1U << 16;
constexpr std::uint64_t pages_without_meta_min = 3;
constexpr std::size_t places_max = 500'000;

/// A database by where it begins and its page size.
using Place = std::pair<std::uint64_t, std::uint32_t>;

struct Signs {
    std::uint64_t pages = 0;
    std::uint64_t end_bytes = 0;
    std::optional<TxId> transaction;
};

class Carver {
public:
    explicit Carver(Bytes image) : image_(image) {}

    void look_at(std::uint64_t at) {
        const auto header = load<PageHeader>(image_.data() + at);
        if (header.type() == PageType::meta && header.id < 2)
            look_at_meta(at, header.id);
        else if ((header.type() == PageType::leaf || header.type() == PageType::branch) &&
                 header.id >= 2 && header.count != 0)
            look_at_page(at, header);
    }

    /// Metas in `range` that stand at no sector's begin: a mark or a header of some
    /// bytes stands before the database, or it lies in an archive.
    void look_for_shifted_metas(std::uint64_t begin, std::uint64_t end) {
        const auto first = as_bytes_of_magic();
        auto at = image_.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = image_.begin() + static_cast<std::ptrdiff_t>(end);
        while ((at = std::search(at, last, first.begin(), first.end())) != last) {
            const auto offset = static_cast<std::uint64_t>(at - image_.begin());
            ++at;
            if (offset < format::page_header_bytes)
                continue;
            const std::uint64_t page = offset - format::page_header_bytes;
            if (page % sector_bytes == 0 || image_.size() - page < sector_bytes)
                continue;
            const auto header = load<PageHeader>(image_.data() + page);
            if (header.type() == PageType::meta && header.id < 2)
                look_at_meta(page, header.id);
        }
    }

    /// The pages of such databases.
    void look_at_shifted_pages() {
        for (auto& [place, signs] : places_)
            for (std::uint64_t at = place.first;
                 place.first % sector_bytes != 0 && at + place.second <= image_.size() &&
                 at < place.first + signs.end_bytes;
                 at += place.second)
                signs.pages += is_page(at, place) ? 1 : 0;
    }

    [[nodiscard]] std::vector<FoundDatabase> found() const {
        std::vector<FoundDatabase> databases;
        for (const auto& [place, signs] : places_)
            if (signs.transaction || signs.pages >= pages_without_meta_min)
                databases.push_back(
                    {.offset_bytes = place.first,
                     .length_bytes = std::min(signs.end_bytes, image_.size() - place.first),
                     .page_size_bytes = place.second,
                     .transaction = signs.transaction,
                     .pages_seen = signs.pages});
        return databases;
    }

private:
    static std::array<std::byte, sizeof format::magic> as_bytes_of_magic() {
        return std::bit_cast<std::array<std::byte, sizeof format::magic>>(format::magic);
    }

    // Whether a sound page stands there under its own number.
    [[nodiscard]] bool is_page(std::uint64_t at, const Place& place) const {
        const auto header = load<PageHeader>(image_.data() + at);
        const std::uint64_t bytes = (std::uint64_t{header.overflow} + 1) * place.second;
        return header.id == (at - place.first) / place.second && bytes <= image_.size() - at &&
               is_sound(image_.subspan(at, bytes), header.type(), place.second);
    }

    [[nodiscard]] static bool is_sound(Bytes page, PageType type, std::uint32_t page_size) {
        const format::PagePlace anywhere{
            .range = {}, .page_size_bytes = page_size, .is_root = false, .is_inline = false};
        format::LeafCount count;
        return type == PageType::leaf
                   ? format::leaf_is_sound(page, anywhere, count)
                   : type == PageType::branch && format::branch_is_sound(page, anywhere);
    }

    void look_at_meta(std::uint64_t at, std::uint64_t id) {
        const auto meta = format::MetaView::of(image_.subspan(at));
        if (!meta || meta->validate() || !format::is_page_size(meta->fields().page_size))
            return;
        const std::uint64_t before = id * meta->fields().page_size;
        if (at < before)
            return;
        Signs& signs = places_[{at - before, meta->fields().page_size}];
        const TxId transaction{meta->fields().txid};
        if (!signs.transaction || number(*signs.transaction) < number(transaction))
            signs.transaction = transaction;
        const std::uint64_t pages =
            std::min<std::uint64_t>(meta->fields().high_water_mark, image_.size() / sector_bytes);
        signs.end_bytes = std::max(signs.end_bytes, pages * meta->fields().page_size);
    }

    // The page's size is not known: its own content must fit one, and its number
    // then says where the database begins.
    void look_at_page(std::uint64_t at, const PageHeader& header) {
        for (std::uint32_t size = format::page_size_min; size <= format::page_size_max; size *= 2) {
            const std::uint64_t pages = std::uint64_t{header.overflow} + 1;
            if (header.id > at / size || pages > (image_.size() - at) / size)
                continue;
            if (!is_sound(image_.subspan(at, pages * size), header.type(), size))
                continue;
            const Place place{at - header.id * size, size};
            if (places_.size() >= places_max && !places_.contains(place))
                continue;
            Signs& signs = places_[place];
            ++signs.pages;
            signs.end_bytes = std::max(signs.end_bytes, (header.id + pages) * size);
        }
    }

    Bytes image_;
    std::map<Place, Signs> places_;
};

} // namespace

Result<std::vector<FoundDatabase>>
find_databases(const PageSource& image,
               const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    const Bytes bytes = image.file();
    Carver carver(bytes);
    const std::uint64_t sectors = bytes.size() / sector_bytes;
    for (std::uint64_t i = 0; i < sectors; ++i) {
        carver.look_at(i * sector_bytes);
        if (progress && i % sectors_between_reports == 0 &&
            !progress(i * sector_bytes, bytes.size()))
            return Error(ErrorCode::cancelled, "cancelled").in_file(image.path());
    }
    for (std::uint64_t begin = 0; begin < bytes.size(); begin += bytes_between_reports) {
        const std::uint64_t end = std::min<std::uint64_t>(
            bytes.size(), begin + bytes_between_reports + sizeof format::magic - 1);
        carver.look_for_shifted_metas(begin, end);
        if (progress && !progress(bytes.size(), bytes.size()))
            return Error(ErrorCode::cancelled, "cancelled").in_file(image.path());
    }
    carver.look_at_shifted_pages();
    return carver.found();
}

} // namespace rebolt
