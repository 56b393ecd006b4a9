// Which bucket a page belongs to, by the newest state's trees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/format.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::cli {

class PageBuckets {
public:
    /// Walks all trees of the state. Believes nothing: a page that is met twice is
    /// the first one's. Cost: O(pages in use), and their elements.
    PageBuckets(const PageSource& source, const format::MetaFields& meta);

    /// Names from the top-level bucket down; nullptr: nothing leads to the page.
    [[nodiscard]] const std::vector<std::string>* of(PageId page) const;

private:
    static constexpr std::uint32_t none = UINT32_MAX;
    struct Visit {
        PageId page;
        std::uint32_t bucket;
    };
    void visit(const PageSource& source, const Visit& at, std::vector<Visit>& to_visit);
    void visit_leaf(Bytes page, std::uint32_t bucket, std::vector<Visit>& to_visit);

    std::vector<std::uint32_t> bucket_of_; ///< by page
    std::vector<std::vector<std::string>> buckets_;
};

} // namespace rebolt::cli
