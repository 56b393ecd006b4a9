#include "live_tree.hpp"

namespace rebolt::test {
namespace {

using format::element_bytes;
using format::page_header_bytes;

class Walk {
public:
    Walk(Bytes file, std::uint32_t page_size) : file_(file) { tree_.page_size = page_size; }

    LiveTree run() {
        const auto first = at<format::MetaFields>(page_header_bytes);
        const auto second = at<format::MetaFields>(tree_.page_size + page_header_bytes);
        tree_.meta = second.txid > first.txid ? 1 : 0;
        tree_.fields = tree_.meta == 1 ? second : first;
        if (PageId{tree_.fields.freelist} != no_freelist)
            read_freelist(tree_.fields.freelist * tree_.page_size);
        tree_.buckets.push_back({{}, no_index, no_index});
        pending_.push_back({tree_.fields.root, no_index, 0, 0});
        for (std::size_t i = 0; i < pending_.size(); ++i)
            read_page(pending_[i]);
        return std::move(tree_);
    }

private:
    struct Pending {
        std::uint64_t page;
        std::size_t parent;
        std::size_t element;
        std::size_t bucket;
    };

    template <class T>
    [[nodiscard]] T at(std::uint64_t offset) const {
        return load<T>(file_.subspan(offset, sizeof(T)).data());
    }
    [[nodiscard]] std::string_view text(std::uint64_t offset, std::uint64_t size) const {
        return as_text(file_.subspan(offset, size));
    }

    void read_freelist(std::uint64_t page_begin) {
        std::uint64_t count = at<format::PageHeader>(page_begin).count;
        std::uint64_t begin = page_begin + page_header_bytes;
        if (count == format::freelist_count_in_first_id) {
            count = at<std::uint64_t>(begin);
            begin += sizeof count;
        }
        for (std::uint64_t i = 0; i < count; ++i)
            tree_.free.push_back(at<std::uint64_t>(begin + i * sizeof count));
    }

    void read_page(Pending from) {
        const std::uint64_t begin = from.page * tree_.page_size;
        const auto header = at<format::PageHeader>(begin);
        const bool is_leaf = header.flags == format::leaf_flag;
        const std::size_t index = tree_.pages.size();
        tree_.pages.push_back({from.page,
                               header.overflow + std::uint64_t{1},
                               is_leaf,
                               from.parent,
                               from.element,
                               from.bucket,
                               {},
                               {}});
        for (std::size_t i = 0; i < header.count; ++i) {
            const std::uint64_t element = begin + page_header_bytes + i * element_bytes;
            const std::string_view key =
                is_leaf ? read_leaf_element(element, from.bucket, index)
                        : read_branch_element(element, {0, index, i, from.bucket});
            LivePage& page = tree_.pages[index];
            page.first_key = i == 0 ? key : page.first_key;
            page.last_key = key;
        }
    }

    std::string_view read_branch_element(std::uint64_t offset, Pending child) {
        const auto element = at<format::BranchElementHeader>(offset);
        child.page = element.child;
        pending_.push_back(child);
        return text(offset + element.pos, element.key_bytes);
    }

    std::string_view read_leaf_element(std::uint64_t offset, std::size_t bucket, std::size_t leaf) {
        const auto element = at<format::LeafElementHeader>(offset);
        const std::string_view key = text(offset + element.pos, element.key_bytes);
        const std::uint64_t value = offset + element.pos + element.key_bytes;
        if (element.flags == format::bucket_leaf_flag) {
            tree_.items.push_back({bucket, leaf, key, std::nullopt});
            enter_bucket(value, bucket, leaf, key);
        } else {
            tree_.items.push_back({bucket, leaf, key, text(value, element.value_bytes)});
        }
        return key;
    }

    void enter_bucket(std::uint64_t value, std::size_t parent, std::size_t leaf,
                      std::string_view name) {
        const std::size_t index = tree_.buckets.size();
        BucketNames path = tree_.buckets[parent].path;
        path.emplace_back(name);
        tree_.buckets.push_back({std::move(path), parent, leaf});
        const auto header = at<format::BucketHeader>(value);
        if (header.root != 0) {
            pending_.push_back({header.root, no_index, 0, index});
            return;
        }
        const std::uint64_t page = value + sizeof header;
        const auto count = at<format::PageHeader>(page).count;
        for (std::size_t i = 0; i < count; ++i)
            static_cast<void>(
                read_leaf_element(page + page_header_bytes + i * element_bytes, index, leaf));
    }

    Bytes file_;
    LiveTree tree_{};
    std::vector<Pending> pending_;
};

} // namespace

LiveTree read_live_tree(Bytes file, std::uint32_t page_size) {
    return Walk(file, page_size).run();
}

} // namespace rebolt::test
