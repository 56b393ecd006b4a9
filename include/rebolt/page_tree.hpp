// PageTree: what one state of a file leads to, page by page, whatever the bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/format.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt {

/// A bucket that has pages of its own, by where it is and what it is called.
struct BucketOfTree {
    std::uint32_t parent = 0; ///< number of the bucket it is in
    std::uint32_t depth = 0;  ///< 0: the root of all
    std::string name;
    PageId root{};
};

/// The trees of the state that a meta names, with all buckets. A page that is met
/// twice is the first one's; what cannot be read is left out, and is_whole() is false.
class PageTree {
public:
    /// A number of buckets(); 0 is the bucket that holds the top-level buckets.
    using BucketNumber = std::uint32_t;

    /// `source` need not outlive it. Cost: O(pages in use) and their elements;
    /// memory: 9 bytes a page of the file.
    PageTree(const PageSource& source, const format::MetaFields& meta);

    /// nullopt: nothing leads to the page.
    [[nodiscard]] std::optional<BucketNumber> bucket_of(PageId page) const noexcept;
    /// The page that leads to it; for overflow the page that goes on in it. PageId{0}:
    /// the meta, or nothing.
    [[nodiscard]] PageId parent_of(PageId page) const noexcept;
    [[nodiscard]] bool is_overflow(PageId page) const noexcept;
    /// Every page that was led to could be read, and none was met twice.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

    [[nodiscard]] const std::vector<BucketOfTree>& buckets() const noexcept { return buckets_; }
    /// Names from the top-level bucket down.
    [[nodiscard]] std::vector<std::string> path_of(BucketNumber bucket) const;

private:
    static constexpr BucketNumber none = UINT32_MAX;
    struct Step {
        PageId page;
        PageId parent;
        BucketNumber bucket;
    };
    bool take(const Step& step);
    void enter(const PageSource& source, const Step& step);
    void enter_leaf(const Step& step, Bytes page);
    void take_overflow(const PageSource& source, PageId page);

    std::vector<BucketNumber> bucket_of_;
    std::vector<std::uint32_t> parent_of_; ///< files of 2^32 pages are not mapped
    std::vector<bool> is_overflow_;
    std::vector<BucketOfTree> buckets_;
    std::vector<Step> to_visit_;
    bool is_whole_ = true;
};

/// The valid metas, the one that bbolt uses first. Cost: O(1).
[[nodiscard]] std::vector<format::MetaFields> valid_metas(const PageSource& source);

} // namespace rebolt
