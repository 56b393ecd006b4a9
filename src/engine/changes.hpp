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

#include "engine/dirty_page.hpp"
#include "engine/transaction_state.hpp"

namespace rebolt::engine {

/// The dirty pages of a transaction. Their addresses are constant.
class DirtyPages {
public:
    /// `memory` must live longer; null: the heap.
    explicit DirtyPages(DirtyPageMemory* memory) noexcept : memory_(memory) {}

    /// An empty page, to be added.
    [[nodiscard]] std::unique_ptr<DirtyPage> make(bool is_leaf, std::size_t room_bytes) const {
        return std::make_unique<DirtyPage>(is_leaf, room_bytes, memory_);
    }
    /// A copy of a sound page, to be added.
    [[nodiscard]] std::unique_ptr<DirtyPage> make_copy_of(const Node& page) const {
        return DirtyPage::copy_of(page, memory_);
    }
    PageId add(std::unique_ptr<DirtyPage> dirty) {
        dirty_.push_back(std::move(dirty));
        return PageId{dirty_bit | (dirty_.size() - 1)};
    }
    [[nodiscard]] bool has(PageId id) const noexcept {
        const std::uint64_t index = number(id) & ~dirty_bit;
        return is_dirty(id) && index < dirty_.size() && dirty_[index] != nullptr;
    }
    /// has(id).
    [[nodiscard]] DirtyPage& at(PageId id) const noexcept {
        return *dirty_[number(id) & ~dirty_bit];
    }
    void drop(PageId id) noexcept { dirty_[number(id) & ~dirty_bit].reset(); }
    /// Calls visit(const DirtyPage&) for each that was not dropped.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (const auto& dirty : dirty_)
            if (dirty != nullptr)
                visit(*dirty);
    }
    /// Ever made.
    [[nodiscard]] std::size_t size() const noexcept { return dirty_.size(); }

private:
    DirtyPageMemory* memory_;
    std::vector<std::unique_ptr<DirtyPage>> dirty_;
};

/// A bucket that the transaction opened. What it says goes before what stands
/// in the parent's leaf, until the commit writes it there.
struct OpenBucket {
    OpenBucket* parent = nullptr; ///< null for the root bucket
    std::string name;
    std::shared_ptr<const BucketName> place; ///< null for the root bucket
    PageId root{};                           ///< never 0: an inline bucket's page is dirty
    PageId root_at_begin{};                  ///< 0 for an inline or new bucket
    std::uint64_t sequence = 0;
    double fill_fraction = 0.5; ///< bbolt: DefaultFillPercent
    bool has_changed = false;
    bool is_deleted = false;
    PageId last_leaf{}; ///< a dirty page, while Changes::count is:
    std::uint64_t last_leaf_at = 0;
    std::map<std::string, std::unique_ptr<OpenBucket>, std::less<>> children;
};

struct Changes {
    explicit Changes(DirtyPageMemory* memory) noexcept : dirty_pages(memory) {}

    DirtyPages dirty_pages;
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
