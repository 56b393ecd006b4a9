#include "support/tree_survey.hpp"

#include <utility>

#include <rebolt/format.hpp>

namespace rebolt::test {
namespace {

using format::element_bytes;
using format::page_header_bytes;

class Surveyor {
public:
    Surveyor(Bytes file, std::uint32_t page_size) : file_(file), page_size_(page_size) {}

    TreeSurvey run() {
        const format::MetaFields meta = newest_meta();
        survey_.high_water_mark = meta.high_water_mark;
        survey_.freelist = meta.freelist;
        if (PageId{meta.freelist} != no_freelist)
            read_freelist(meta.freelist * page_size_);
        pending_.push_back({meta.root});
        while (!pending_.empty()) {
            const PagePath path = std::move(pending_.back());
            pending_.pop_back();
            read_page(path);
        }
        return std::move(survey_);
    }

private:
    template <class T>
    [[nodiscard]] T at(std::uint64_t offset) const {
        return load<T>(file_.subspan(offset, sizeof(T)).data());
    }

    format::MetaFields newest_meta() {
        const auto first = at<format::MetaFields>(page_header_bytes);
        const auto second = at<format::MetaFields>(page_size_ + page_header_bytes);
        survey_.meta = second.txid > first.txid ? 1 : 0;
        return survey_.meta == 1 ? second : first;
    }

    void read_freelist(std::uint64_t page_begin) {
        std::uint64_t count = at<format::PageHeader>(page_begin).count;
        std::uint64_t begin = page_begin + page_header_bytes;
        if (count == format::freelist_count_in_first_id) {
            count = at<std::uint64_t>(begin);
            begin += sizeof count;
        }
        for (std::uint64_t i = 0; i < count; ++i)
            survey_.free.push_back(at<std::uint64_t>(begin + i * sizeof count));
    }

    void read_page(const PagePath& path) {
        const std::uint64_t begin = path.back() * page_size_;
        const auto header = at<format::PageHeader>(begin);
        const bool is_leaf = header.flags == format::leaf_flag;
        (is_leaf ? survey_.leaves : survey_.branches).push_back(path.back());
        for (std::uint64_t i = 0; i < header.count; ++i) {
            const std::uint64_t element = begin + page_header_bytes + i * element_bytes;
            if (is_leaf)
                read_leaf_element(element, path);
            else
                read_branch_element(element, path);
        }
    }

    void read_branch_element(std::uint64_t offset, const PagePath& path) {
        const auto element = at<format::BranchElementHeader>(offset);
        survey_.children.push_back(
            {offset + offsetof(format::BranchElementHeader, child), element.child, path});
        push(path, element.child);
    }

    void read_leaf_element(std::uint64_t offset, const PagePath& path) {
        const auto element = at<format::LeafElementHeader>(offset);
        if (element.flags != format::bucket_leaf_flag)
            return;
        const std::uint64_t value =
            offset + offsetof(format::LeafElementHeader, flags) + element.pos + element.key_bytes;
        const auto bucket = at<format::BucketHeader>(value);
        survey_.buckets.push_back({value, bucket.root, path});
        if (bucket.root != 0)
            push(path, bucket.root);
    }

    void push(PagePath path, std::uint64_t page) {
        path.push_back(page);
        pending_.push_back(std::move(path));
    }

    Bytes file_;
    std::uint32_t page_size_;
    TreeSurvey survey_;
    std::vector<PagePath> pending_;
};

} // namespace

TreeSurvey survey(Bytes file, std::uint32_t page_size) {
    return Surveyor(file, page_size).run();
}

} // namespace rebolt::test
