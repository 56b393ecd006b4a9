// TreeWalk: walks a tree whose pages may be damaged, gives out every sound
// element, and lists the holes.
//
// Depth first on an explicit stack; each page is entered once in a recovery, so
// all walks together are linear in the file. A page is entered only if it is
// sound by itself (Survey), carries its own number, and holds keys that its
// place allows. What is in the way becomes a Hole, and the walk goes on. It calls
// nobody: whoever walks asks for the next element.
//
// Writes Survey::used and Survey::bad (newest, fill), Survey::in_previous (learn),
// the homes of what it enters, and the Context's holes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "salvage/recover/context.hpp"

namespace rebolt::salvage {

enum class WalkMode : std::uint8_t {
    newest, ///< the newest state: pages listed as free are put off
    fill,   ///< pages for a hole, in any order
    learn,  ///< the state before: learns which bucket each page belongs to
};

/// Where a walk stands before a page.
struct Step {
    PageId page;
    KeyRange range{};
    std::uint16_t level = 0;
    std::string_view key{}; ///< that leads there, from a branch
    KeyRange gap{};         ///< as Hole's; unbounded: as `range`
};

/// A page of the newest tree that its freelist calls free; in a walk that learns, one
/// that is led to by another key than its first.
struct Suspect {
    BucketId bucket;
    Step step;
};

class TreeWalk {
public:
    TreeWalk(Context& context, WalkMode mode);

    /// Stands before a page of a bucket. A walk under way must have ended.
    void begin(BucketId bucket, const Step& step);
    /// Stands before the elements of one leaf that lie in the range.
    void begin_leaf(BucketId bucket, PageId page, const KeyRange& range);

    /// The next element; nullopt at the end, or when `pages` more pages have been
    /// entered, which are taken off. Its views hold until the next call.
    std::optional<Kept> next(std::uint64_t& pages);
    std::optional<Kept> next();
    [[nodiscard]] bool is_at_end() const noexcept { return frames_.empty() && !inside_; }
    /// Leaves out what is in the bucket that next() has just given.
    void leave_out() noexcept { inside_.reset(); }

    [[nodiscard]] std::vector<Suspect>& suspects() noexcept { return suspects_; }

private:
    struct Frame {
        PageId page{};
        Bytes leaf{};                        ///< empty for a branch
        std::vector<std::uint32_t> only{};   ///< these elements; empty: all
        std::vector<std::size_t> doubtful{}; ///< elements that may be damaged, in order
        std::vector<Step> children{};        ///< of a branch
        KeyRange range{};
        BucketId bucket = no_bucket;
        std::uint32_t next = 0;
        std::uint32_t count = 0;
        std::uint16_t level = 0;
        bool is_partial = false;
        bool has_name = false; ///< names_ holds its bucket's
    };
    /// A bucket that was given out and is entered next.
    struct Inside {
        std::size_t frame;
        std::string_view name;
        format::BucketView bucket;
    };

    [[nodiscard]] static Frame frame_of(BucketId bucket, const Step& step, bool is_partial,
                                        bool has_name);
    void enter(BucketId bucket, const Step& step, bool has_name);
    void enter_sound(BucketId bucket, const Step& step, Bytes bytes, bool is_partial,
                     bool has_name);
    void enter_damaged(BucketId bucket, const Step& step, bool has_name);
    void leave_outdated(BucketId bucket, const Step& step, bool has_name);
    void enter_bucket();
    void enter_inline(const Frame& host, std::string_view name, Bytes image);
    std::optional<Kept> next_element();
    std::optional<Kept> element_at(std::size_t frame, std::size_t index);
    std::optional<Kept> bucket_at(std::size_t frame, const format::LeafElement& element,
                                  bool is_doubtful);
    void leave();
    void add_hole(BucketId bucket, const Step& step, FindingCode code, bool has_wrong_id);
    void add_element_hole(const Frame& frame, std::string_view key, FindingCode code);
    [[nodiscard]] std::optional<FindingCode> why_not(BucketId bucket, const Step& step) const;
    [[nodiscard]] std::vector<std::size_t> doubtful_elements(Bytes leaf) const;
    [[nodiscard]] bool is_others(BucketId bucket, const Step& step) const;
    [[nodiscard]] bool is_outdated(BucketId bucket, PageId page) const;
    [[nodiscard]] bool overlaps_orphan(BucketId bucket, PageId page) const;
    void widen_gaps(std::vector<Step>& children, BucketId bucket) const;
    [[nodiscard]] bool is_right_child(const Step& child, BucketId bucket) const;
    [[nodiscard]] bool fits_between_siblings(const Step& step) const;
    [[nodiscard]] bool is_on_way(PageId page) const noexcept;
    [[nodiscard]] bool is_there_already(BucketId bucket, PageId page) const;
    [[nodiscard]] bool may_be_followed(PageId host, BucketId inside, PageId root) const;

    Context& context_;
    Survey& pages_;
    WalkMode mode_;
    std::vector<Frame> frames_;
    std::vector<std::string> names_;
    std::optional<Inside> inside_;
    std::vector<Suspect> suspects_;
};

} // namespace rebolt::salvage
