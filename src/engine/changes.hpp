// What a write transaction has changed so far: pages in memory, open buckets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <rebolt/id.hpp>
#include <rebolt/stats.hpp>

#include "engine/draft.hpp"
#include "engine/snapshot.hpp"

namespace rebolt::engine {

/// The drafts of a transaction. Their addresses are constant.
class Drafts {
public:
    /// `memory` must live longer; null: the heap.
    explicit Drafts(DraftMemory* memory) noexcept : memory_(memory) {}

    /// An empty page, to be added.
    [[nodiscard]] std::unique_ptr<Draft> make(bool is_leaf, std::size_t room_bytes) const {
        return std::make_unique<Draft>(is_leaf, room_bytes, memory_);
    }
    /// A copy of a sound page, to be added.
    [[nodiscard]] std::unique_ptr<Draft> make_copy_of(const Node& page) const {
        return Draft::copy_of(page, memory_);
    }
    PageId add(std::unique_ptr<Draft> draft) {
        drafts_.push_back(std::move(draft));
        return PageId{draft_bit | (drafts_.size() - 1)};
    }
    [[nodiscard]] bool has(PageId id) const noexcept {
        const std::uint64_t index = number(id) & ~draft_bit;
        return is_draft(id) && index < drafts_.size() && drafts_[index] != nullptr;
    }
    /// has(id).
    [[nodiscard]] Draft& at(PageId id) const noexcept { return *drafts_[number(id) & ~draft_bit]; }
    void drop(PageId id) noexcept { drafts_[number(id) & ~draft_bit].reset(); }
    /// Calls visit(const Draft&) for each that was not dropped.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (const auto& draft : drafts_)
            if (draft != nullptr)
                visit(*draft);
    }
    /// Ever made.
    [[nodiscard]] std::size_t size() const noexcept { return drafts_.size(); }

private:
    DraftMemory* memory_;
    std::vector<std::unique_ptr<Draft>> drafts_;
};

/// A bucket that the transaction opened. What it says goes before what stands
/// in the parent's leaf, until the commit writes it there.
struct OpenBucket {
    OpenBucket* parent = nullptr; ///< null for the root bucket
    std::string name;
    std::shared_ptr<const BucketName> place; ///< null for the root bucket
    PageId root{};                           ///< never 0: an inline bucket's page is a draft
    PageId root_at_begin{};                  ///< 0 for an inline or new bucket
    std::uint64_t sequence = 0;
    double fill_fraction = 0.5; ///< bbolt: DefaultFillPercent
    bool has_changed = false;
    bool is_deleted = false;
    PageId last_leaf{}; ///< a draft, while Changes::count is:
    std::uint64_t last_leaf_at = 0;
    std::map<std::string, std::unique_ptr<OpenBucket>, std::less<>> children;
};

struct Changes {
    explicit Changes(DraftMemory* memory) noexcept : drafts(memory) {}

    Drafts drafts;
    OpenBucket root;
    /// Deleted buckets, to which handles may still point.
    std::vector<std::unique_ptr<OpenBucket>> deleted;
    std::uint64_t count = 0; ///< of changes: cursors find their place again
    std::string failure;     ///< the error that ended it; empty: none
    bool is_managed = false; ///< by update() or batch(): they commit
    TxStats stats;
    std::vector<std::function<void()>> on_commit;
};

} // namespace rebolt::engine
