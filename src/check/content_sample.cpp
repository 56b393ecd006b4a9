#include <rebolt/content_sample.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <utility>

#include <rebolt/format.hpp>

namespace rebolt {
namespace {

using format::BranchView;
using format::LeafView;
using format::PageType;
using Path = std::vector<std::string>;

constexpr std::size_t leaves_max = 256;
constexpr std::size_t bytes_max = std::size_t{1} << 20U;
constexpr std::size_t entry_bytes_max = std::size_t{64} << 10U;
constexpr std::size_t entries_of_leaf_max = 24;
constexpr std::size_t top_level_names_max = 64;
constexpr std::size_t depth_max = 8; ///< of buckets; no known owner's content lies deeper
constexpr std::size_t orphans_looked_at_max = 256;

// Which child to follow at each branch: leaves from a bucket's beginning, middle
// and end.
enum class Part : std::uint8_t { first, middle, last };
constexpr std::array parts{Part::first, Part::middle, Part::last};

std::size_t index_of(Part part, std::size_t count) {
    switch (part) {
    case Part::first:
        return 0;
    case Part::middle:
        return count / 2;
    case Part::last:
        return count - 1;
    }
    return 0;
}

class Sampler {
public:
    explicit Sampler(const PageSource& source) : source_(source) {}

    void add_tree(PageId root, const Path& bucket) {
        to_visit_.push_back({root, {}, bucket, true});
        visit_all();
    }

    void add_orphan(PageId page) {
        const auto leaf = leaf_at(page);
        if (!leaf)
            return;
        add_leaf(*leaf, {.root = page, .image = {}, .bucket = {}, .is_placed = false});
        visit_all();
    }

    [[nodiscard]] bool has_buckets() const {
        return std::ranges::any_of(sample_.entries, [](const SampleEntry& entry) {
            return entry.is_placed && entry.is_bucket && entry.bucket.empty();
        });
    }
    [[nodiscard]] ContentSample take() { return std::move(sample_); }

private:
    struct Visit {
        PageId root;
        Bytes image; ///< of an inline bucket; else empty
        Path bucket;
        bool is_placed;
    };

    // Breadth first: a bucket with much below it must not use up the sample.
    void visit_all() {
        while (!to_visit_.empty() && leaves_ < leaves_max && bytes_ < bytes_max) {
            const Visit visit = std::move(to_visit_.front());
            to_visit_.pop_front();
            if (!visit.image.empty()) {
                add_leaf(visit.image, visit);
                continue;
            }
            std::array<PageId, parts.size()> met{};
            for (std::size_t i = 0; i < parts.size(); ++i)
                if (const auto leaf = descend(visit.root, parts[i]);
                    leaf && std::find(met.begin(), met.begin() + i, *leaf) == met.begin() + i) {
                    met[i] = *leaf;
                    add_leaf(*leaf_at(*leaf), visit);
                }
        }
        to_visit_.clear();
    }

    [[nodiscard]] std::optional<Bytes> leaf_at(PageId id) const {
        const auto view = source_.page(id);
        if (!view || view->type() != PageType::leaf || view->header().id != number(id))
            return std::nullopt;
        return view->bytes();
    }

    [[nodiscard]] std::optional<PageId> descend(PageId page, Part part) const {
        for (std::size_t level = 0; level < format::tree_depth_max; ++level) {
            const auto view = source_.page(page);
            if (!view || view->header().id != number(page))
                return std::nullopt;
            if (view->type() == PageType::leaf)
                return page;
            const auto branch = BranchView::of(view->bytes());
            if (view->type() != PageType::branch || !branch || branch->count() == 0)
                return std::nullopt;
            page = PageId{branch->raw(index_of(part, branch->count())).child};
        }
        return std::nullopt;
    }

    // The root bucket holds only buckets: a leaf with plain keys there belongs to
    // another bucket, and which one nothing tells.
    [[nodiscard]] static bool is_elsewhere(const LeafView& leaf) {
        for (std::size_t i = 0; i < leaf.count(); ++i)
            if ((leaf.raw(i).flags & format::bucket_leaf_flag) == 0)
                return true;
        return false;
    }

    void add_leaf(Bytes page, const Visit& visit) {
        const auto leaf = LeafView::of(page);
        if (!leaf || leaf->count() == 0)
            return;
        ++leaves_;
        const bool is_top_level = visit.bucket.empty();
        const bool is_placed = visit.is_placed && !(is_top_level && is_elsewhere(*leaf));
        const std::size_t most =
            is_placed && is_top_level ? top_level_names_max : entries_of_leaf_max;
        const std::size_t count = std::min<std::size_t>(leaf->count(), most);
        for (std::size_t i = 0; i < count && bytes_ < bytes_max; ++i)
            if (const auto element = leaf->element(i * leaf->count() / count))
                add_element(*element, visit.bucket, is_placed);
    }

    void add_element(const format::LeafElement& element, const Path& bucket, bool is_placed) {
        const std::size_t value_bytes = element.is_bucket() ? 0 : element.value.size();
        if (element.key.size() + value_bytes > entry_bytes_max)
            return;
        bytes_ += element.key.size() + value_bytes;
        sample_.entries.push_back({.bucket = bucket,
                                   .key = std::string(element.key),
                                   .value = std::string(element.value.substr(0, value_bytes)),
                                   .is_bucket = element.is_bucket(),
                                   .is_placed = is_placed});
        if (!element.is_bucket() || bucket.size() >= depth_max)
            return;
        const auto inside = format::BucketView::of(element.value);
        if (!inside)
            return;
        Path path = bucket;
        path.emplace_back(element.key);
        to_visit_.push_back({inside->root(), inside->inline_page(), std::move(path), is_placed});
    }

    const PageSource& source_;
    ContentSample sample_;
    std::deque<Visit> to_visit_;
    std::size_t leaves_ = 0;
    std::size_t bytes_ = 0;
};

struct Root {
    PageId page;
    std::uint64_t txid;
    bool is_valid;
};

std::vector<Root> roots_of(const PageSource& source) {
    std::vector<Root> roots;
    for (const PageId page : {PageId{0}, PageId{1}}) {
        const auto view = source.page(page);
        const auto meta = view ? format::MetaView::of(view->bytes())
                               : format::Checked<format::MetaView>(std::unexpect);
        if (view && meta && meta->fields().magic == format::magic)
            roots.push_back({PageId{meta->fields().root}, meta->fields().txid, !meta->validate()});
    }
    std::ranges::stable_sort(roots, [](const Root& a, const Root& b) {
        return a.is_valid != b.is_valid ? a.is_valid : a.txid > b.txid;
    });
    return roots;
}

} // namespace

ContentSample sample_content(const PageSource& source) {
    for (const Root& root : roots_of(source)) {
        Sampler sampler(source);
        sampler.add_tree(root.page, {});
        if (sampler.has_buckets())
            return sampler.take();
    }
    Sampler sampler(source);
    const std::uint64_t pages = source.page_count();
    const std::uint64_t step = std::max<std::uint64_t>(1, pages / orphans_looked_at_max);
    for (std::uint64_t id = 2; id < pages; id += step)
        sampler.add_orphan(PageId{id});
    return sampler.take();
}

ContentSample sample_content(const PageSource& source, std::span<const PageId> roots) {
    Sampler sampler(source);
    for (const PageId root : roots)
        sampler.add_tree(root, {});
    return sampler.take();
}

Owner owner_of(const PageSource& source, const OwnerRules& rules) {
    return rules ? rules.identify(sample_content(source)) : Owner::unknown;
}

} // namespace rebolt
