// TreeKeeper: walks a tree whose pages may be damaged, keeps every sound element,
// and lists the holes.
//
// Depth first on an explicit stack; each page is entered once in a recovery, so
// all walks together are linear in the file. A page is entered only if it is
// sound by itself (Survey), carries its own number, and holds keys that its
// place allows. What is in the way becomes a Hole, and the walk goes on.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/page_grammar.hpp>
#include <rebolt/recover.hpp>

#include "salvage/recover/bucket_table.hpp"
#include "salvage/recover/survey.hpp"

namespace rebolt::salvage {

using format::KeyRange;

/// A part of a bucket whose page cannot be used.
struct Hole {
    BucketId bucket = no_bucket;
    KeyRange range; ///< the keys that are missing
    PageId page{};
    FindingCode code{};
    /// The page is another's, or no page at all: the true one may be whole, elsewhere.
    bool has_wrong_id = false;
    std::uint16_t level = 0; ///< below the bucket's root
    std::uint64_t count = 0; ///< elements that it should have; 0: not known
    std::uint64_t restored = 0;
};

/// An element that is to be kept.
struct Kept {
    std::span<const std::string> bucket;
    std::string_view key;
    std::string_view value; ///< of a bucket: empty
    bool is_bucket = false;
    std::uint64_t sequence = 0; ///< of a bucket
    bool is_partial = false;
    PageId page{};
};

/// What the walks of one recovery share.
struct Ground {
    Survey& pages;
    BucketTable& buckets;
    const RecoverOptions& options;
    Owner owner = Owner::unknown; ///< whose rules hold, if any's do
    std::vector<Hole> holes;
    std::set<BucketId> of_values; ///< by their owner's rules there is no bucket in them
    std::map<BucketId, std::uint16_t> leaf_levels; ///< where a bucket's leaves were met
    std::deque<std::string> made_keys;             ///< bounds of holes that stand nowhere
    std::deque<std::vector<std::byte>> put_right;  ///< pages with their headers put right
    std::uint64_t page_end = 0;                    ///< the newest state's high water mark
    bool free_pages_known = false;                 ///< Survey::free is the newest state's, whole
    std::uint64_t wrong_elements = 0;              ///< that could not even be made a hole

    /// As OwnerRules', of this file's owner; nullopt where nobody's is known.
    [[nodiscard]] OwnerRules::Home home_of(std::string_view key, std::string_view value) const;
    [[nodiscard]] OwnerRules::Home home_of_bucket(std::string_view name,
                                                  std::span<const std::string_view> keys,
                                                  std::span<const std::string_view> within) const;
    [[nodiscard]] std::optional<ValueAge>
    age_of(std::span<const std::string> bucket, std::string_view key, std::string_view value) const;
};

enum class WalkMode : std::uint8_t {
    keep,  ///< the newest state: pages listed as free are put off
    fill,  ///< pages for a hole, in any order
    learn, ///< the state before: learns which bucket each page belongs to
};

class TreeKeeper {
public:
    /// Told of each element; for a bucket returns whether to go into it.
    using Sink = std::function<Result<bool>(const Kept&)>;

    TreeKeeper(Ground& ground, WalkMode mode, Sink sink);

    struct Step {
        PageId page;
        KeyRange range;
        std::uint16_t level = 0;
        std::string_view key = {}; ///< that leads there, from a branch
    };
    /// A page of the newest state that its freelist calls free.
    struct Suspect {
        BucketId bucket;
        Step step;
    };

    /// Stands before a page of a bucket. A walk under way must have ended.
    void begin(BucketId bucket, const Step& step);
    /// Goes on for up to `pages` pages; false at the end. Errors: the sink's.
    Result<bool> step(std::uint64_t pages);
    Result<void> run();
    /// Keeps the elements of one leaf that lie in the range.
    Result<void> keep_leaf(BucketId bucket, PageId page, const KeyRange& range);

    [[nodiscard]] std::vector<Suspect>& suspects() noexcept { return suspects_; }

private:
    struct Frame {
        PageId page;
        Bytes leaf;                      ///< empty for a branch
        std::vector<std::uint32_t> only; ///< these elements; empty: all
        std::vector<Step> children;      ///< of a branch
        KeyRange range;
        BucketId bucket;
        std::uint32_t next = 0;
        std::uint32_t count = 0;
        std::uint16_t level = 0;
        bool is_partial = false;
        bool has_name = false; ///< names_ holds its bucket's
    };

    [[nodiscard]] static Frame frame_of(BucketId bucket, const Step& step, bool is_partial,
                                        bool has_name);
    void enter(BucketId bucket, const Step& step, bool has_name);
    void enter_sound(BucketId bucket, const Step& step, Bytes bytes, bool is_partial,
                     bool has_name);
    void enter_damaged(BucketId bucket, const Step& step, bool has_name);
    void enter_inline(const Frame& host, std::string_view name, Bytes image);
    Result<void> next_element();
    Result<void> keep_element(std::size_t at, std::size_t index);
    Result<void> keep_bucket(std::size_t at, const format::LeafElement& element);
    Result<void> leave();
    void add_hole(BucketId bucket, const Step& step, FindingCode code, bool has_wrong_id);
    void add_element_hole(const Frame& frame, std::string_view key, FindingCode code);
    [[nodiscard]] bool is_others(const Step& step) const;
    [[nodiscard]] bool fits_between_siblings(const Step& step) const;
    [[nodiscard]] bool is_on_way(PageId page) const noexcept;
    [[nodiscard]] bool may_be_followed(PageId host, BucketId inside, PageId root) const;

    Ground& ground_;
    Survey& pages_;
    WalkMode mode_;
    Sink sink_;
    std::vector<Frame> frames_;
    std::vector<std::string> names_;
    std::vector<Suspect> suspects_;
};

} // namespace rebolt::salvage
