// Context: what the stages of one recovery share. Each part has one writer, which
// is named beside it; the marks of pages are in survey.hpp.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/db.hpp>
#include <rebolt/recover.hpp>

#include "salvage/recover/bucket_table.hpp"
#include "salvage/recover/pulse.hpp"
#include "salvage/recover/state.hpp"
#include "salvage/recover/stretch.hpp"
#include "salvage/recover/survey.hpp"
#include <rebolt/page_grammar.hpp>

namespace rebolt::salvage {

using format::KeyRange;

/// A part of a bucket whose page cannot be used.
struct Hole {
    BucketId bucket = no_bucket;
    KeyRange range; ///< the keys that are missing
    /// The keys between the sound pages beside it: wider than `range` where the
    /// branch above is old itself.
    KeyRange gap{};
    PageId page{};
    FindingCode code{};
    /// The page is another's, or no page at all: the true one may be whole, elsewhere.
    bool has_wrong_id = false;
    std::uint16_t level = 0; ///< below the bucket's root
    std::uint64_t count = 0; ///< elements that it should have; 0: not known
    std::uint64_t restored = 0;
};

/// An element that was found.
struct Kept {
    std::span<const std::string> bucket;
    std::string_view key;
    std::string_view value; ///< of a bucket: empty
    bool is_bucket = false;
    std::uint64_t sequence = 0; ///< of a bucket
    bool is_partial = false;    ///< its page is damaged, or its value is not its owner's
    PageId page{};
};

struct Context {
    explicit Context(const PageSource& source, RecoverOptions recover_options)
        : options(std::move(recover_options)), pulse(options), pages(source, pulse) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const RecoverOptions options;
    Pulse pulse;
    Survey pages;
    BucketTable buckets;
    std::vector<DB> donors;

    // ChooseState.
    States states{};
    Owner owner = Owner::unknown;  ///< whose rules hold, if any's do
    std::set<BucketId> of_values;  ///< by their owner's rules there is no bucket in them
    bool free_pages_known = false; ///< Survey::free is the newest state's, whole
    bool knows_previous = false;   ///< Survey::in_previous and its homes are right
    /// Where the newest root is lost: a state beside it that tells whose its pages are,
    /// and gives none: a commit had begun to write over it, or would have made it.
    std::optional<State> in_flight{};
    std::set<BucketId> named_by_rest; ///< the one name that was left for the one bucket
    bool is_accounted_for = false;    ///< newest tree and freelist have each page once

    /// Leaves of the newest state that nothing leads to, by their bucket and keys, as
    /// far as the state before tells whose they are; each list in order.
    std::map<BucketId, std::vector<Stretch>> orphans_of;

    // TreeWalk, for whichever stage walks.
    std::vector<Hole> holes;
    std::set<BucketId> reached;                    ///< buckets whose root the newest tree leads to
    std::map<BucketId, std::uint16_t> leaf_levels; ///< where a bucket's leaves were met
    std::deque<std::string> made_keys;             ///< bounds of holes that stand nowhere
    std::deque<std::vector<std::byte>> put_right;  ///< pages with their headers put right
    std::uint64_t wrong_elements = 0;              ///< that could not even be made a hole

    /// The freelist is right, and it does not fit the newest tree: then a page may
    /// be old although a sound one leads to it.
    [[nodiscard]] bool distrusts_newest() const noexcept {
        return free_pages_known && !is_accounted_for;
    }
    [[nodiscard]] bool has_rules() const noexcept { return owner != Owner::unknown; }
    /// As OwnerRules', of this file's owner; nothing where nobody's is known.
    [[nodiscard]] OwnerRules::Home home_of(std::string_view key, std::string_view value) const;
    [[nodiscard]] OwnerRules::Home home_of_bucket(std::string_view name,
                                                  std::span<const std::string_view> keys,
                                                  std::span<const std::string_view> within) const;
    [[nodiscard]] bool knows(std::span<const std::string> bucket, std::string_view key,
                             std::string_view value) const;
    [[nodiscard]] std::optional<ValueAge>
    age_of(std::span<const std::string> bucket, std::string_view key, std::string_view value) const;
    [[nodiscard]] bool is_malformed(std::span<const std::string> bucket, std::string_view key,
                                    std::string_view value) const;

    [[nodiscard]] std::uint64_t page_end() const noexcept { return states.newest.page_end; }
};

} // namespace rebolt::salvage
