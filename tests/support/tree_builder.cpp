#include "support/tree_builder.hpp"

#include <algorithm>
#include <utility>

#include "support/file_builder.hpp"

namespace rebolt::test {
namespace {

// bbolt: minKeysPerPage.
constexpr std::size_t items_a_page_min = 2;

using Pages = std::vector<std::uint64_t>;

class TreeBuilder {
public:
    explicit TreeBuilder(const FileShape& shape)
        : shape_(shape), file_(shape.page_size), free_left_(shape.free_pages) {}

    std::vector<std::byte> build(const BucketContent& content) {
        file_.transaction(shape_.txid).pages_behind(shape_.pages_behind);
        const std::vector<LeafItem> items = items_of(content);
        const std::vector<BranchItem> top = put_below_root(items);
        // The transaction before had the same tree under a root of its own:
        // what bbolt's copy on write leaves behind a commit.
        const Pages old_root = put_root(items, top);
        const Pages new_root = put_root(items, top);
        while (free_left_ != 0)
            put_free_page();
        file_.root(new_root.front(), content.sequence);
        put_freelists(old_root, new_root);
        return file_.bytes();
    }

private:
    [[nodiscard]] std::size_t threshold_bytes() const noexcept {
        return std::size_t{shape_.page_size} * shape_.fill_percent / 100;
    }

    // bbolt: Bucket.inlineable.
    [[nodiscard]] bool is_inline(const BucketContent& content,
                                 const std::vector<LeafItem>& items) const noexcept {
        return content.buckets.empty() && FileBuilder::image_bytes(items) <= shape_.page_size / 4;
    }

    // The bucket's elements. Buckets inside it are written on the way.
    std::vector<LeafItem> items_of(const BucketContent& content) {
        std::vector<LeafItem> items;
        for (const auto& [key, value] : content.values)
            items.push_back({key, value, 0});
        for (const auto& [name, inside] : content.buckets)
            items.push_back({name, bucket_value_of(inside), format::bucket_leaf_flag});
        std::ranges::sort(items, {}, &LeafItem::key);
        return items;
    }

    std::string bucket_value_of(const BucketContent& content) {
        const std::vector<LeafItem> items = items_of(content);
        if (is_inline(content, items))
            return FileBuilder::inline_bucket(items, content.sequence);
        const std::vector<BranchItem> top = put_below_root(items);
        return FileBuilder::bucket(put_root(items, top).front(), content.sequence);
    }

    // bbolt: node.splitTwo. Where to end the page that begins at `begin`.
    template <class Item>
    [[nodiscard]] std::size_t page_end(const std::vector<Item>& items, std::size_t begin) const {
        std::size_t bytes = format::page_header_bytes;
        for (std::size_t i = begin; i < items.size(); ++i) {
            bytes +=
                FileBuilder::image_bytes(std::vector<Item>{items[i]}) - format::page_header_bytes;
            const bool enough = i - begin >= items_a_page_min;
            if (enough && items.size() - i >= items_a_page_min && bytes > threshold_bytes())
                return i;
        }
        return items.size();
    }

    void put_page(std::uint64_t id, const std::vector<LeafItem>& items) { file_.leaf(id, items); }
    void put_page(std::uint64_t id, const std::vector<BranchItem>& items) {
        file_.branch(id, items);
    }

    // One level of a tree: an element for each page that it takes.
    template <class Item>
    std::vector<BranchItem> put_level(const std::vector<Item>& items) {
        std::vector<BranchItem> level;
        for (std::size_t begin = 0; begin < items.size();) {
            const std::size_t end = page_end(items, begin);
            const std::vector<Item> page(items.begin() + static_cast<std::ptrdiff_t>(begin),
                                         items.begin() + static_cast<std::ptrdiff_t>(end));
            const std::uint64_t id = allocate(FileBuilder::image_bytes(page));
            put_page(id, page);
            level.push_back({page.front().key, id});
            begin = end;
        }
        return level;
    }

    // All of a tree but its root: the root's elements, none if it is a leaf.
    std::vector<BranchItem> put_below_root(const std::vector<LeafItem>& items) {
        if (page_end(items, 0) == items.size())
            return {};
        std::vector<BranchItem> level = put_level(items);
        while (page_end(level, 0) != level.size())
            level = put_level(level);
        return level;
    }

    // Returns the root and its overflow pages.
    Pages put_root(const std::vector<LeafItem>& items, const std::vector<BranchItem>& top) {
        const std::uint64_t id =
            allocate(top.empty() ? FileBuilder::image_bytes(items) : FileBuilder::image_bytes(top));
        if (top.empty())
            file_.leaf(id, items);
        else
            file_.branch(id, top);
        return pages_from(id);
    }

    // The pages from `id` to the last allocated.
    [[nodiscard]] Pages pages_from(std::uint64_t id) const {
        Pages pages;
        for (; id < next_; ++id)
            pages.push_back(id);
        return pages;
    }

    // What one transaction uses and the other does not is free to the other.
    void put_freelists(const Pages& old_root, const Pages& new_root) {
        if (shape_.freelist == FreelistKind::none) {
            file_.no_freelist().previous(old_root.front(), number(rebolt::no_freelist));
            return;
        }
        // Each lists the other, so their length depends on itself.
        const std::size_t others = free_.size() + new_root.size();
        std::uint64_t count = 1;
        while (file_.pages_for(FileBuilder::freelist_bytes(others + count)) > count)
            ++count;
        const std::uint64_t old_freelist = std::exchange(next_, next_ + count);
        const Pages old_pages = pages_from(old_freelist);
        const std::uint64_t new_freelist = std::exchange(next_, next_ + count);
        const Pages new_pages = pages_from(new_freelist);
        put_freelist(old_freelist, new_root, new_pages);
        put_freelist(new_freelist, old_root, old_pages);
        file_.previous(old_root.front(), old_freelist);
    }

    void put_freelist(std::uint64_t id, const Pages& others_root, const Pages& others_freelist) {
        Pages ids = free_;
        ids.insert(ids.end(), others_root.begin(), others_root.end());
        ids.insert(ids.end(), others_freelist.begin(), others_freelist.end());
        std::ranges::sort(ids);
        file_.freelist(id, ids);
    }

    std::uint64_t allocate(std::size_t content_bytes) {
        if (free_left_ != 0 && ++allocations_ % 3 == 0)
            put_free_page();
        return std::exchange(next_, next_ + file_.pages_for(content_bytes));
    }

    // What an earlier transaction left: its pages keep their bytes.
    void put_free_page() {
        --free_left_;
        const std::uint64_t id = next_++;
        file_.leaf(id, {{"stale", "of page " + std::to_string(id)}});
        free_.push_back(id);
    }

    const FileShape& shape_;
    FileBuilder file_;
    std::uint64_t next_ = 2;
    std::uint64_t allocations_ = 0;
    std::uint64_t free_left_;
    Pages free_;
};

} // namespace

std::vector<std::byte> build_file(const BucketContent& content, const FileShape& shape) {
    return TreeBuilder(shape).build(content);
}

} // namespace rebolt::test
