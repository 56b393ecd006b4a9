// Recovery::Work: one recovery, step by step. work.cpp keeps what is sound of
// the newest state; work_fill.cpp fills the holes; recovery.cpp is the handle.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <rebolt/recover.hpp>

#include "salvage/recover/account.hpp"
#include "salvage/recover/filler.hpp"
#include "salvage/recover/orphans.hpp"
#include "salvage/recover/output.hpp"
#include "salvage/recover/states.hpp"

namespace rebolt {

class Recovery::Work {
public:
    Work(const PageSource& source, RecoverOptions options);

    Result<void> open(const std::string& path);
    Result<bool> step();
    [[nodiscard]] RecoverProgress progress() const noexcept;
    [[nodiscard]] const RecoverReport& report() const noexcept { return report_; }

private:
    [[nodiscard]] Error nothing_to_recover() const;
    Result<void> choose_states();
    Result<void> require_whole();
    Result<bool> keep(const salvage::Kept& kept);
    Result<bool> is_behind_all(const salvage::Kept& kept);
    [[nodiscard]] Provenance provenance_of_kept(const salvage::Kept& kept) const;
    [[nodiscard]] Provenance provenance_of(PageId page) const;
    Result<bool> next_suspect();
    [[nodiscard]] bool may_be_elsewhere(const salvage::TreeKeeper::Suspect& suspect);
    [[nodiscard]] bool is_below(PageId page, PageId branch) const;
    Result<void> prepare_to_fill();
    Result<void> place_orphans();
    [[nodiscard]] bool is_found_again(std::size_t index) const;
    Result<void> fill_some();
    void add_holes_of_lost_buckets();
    [[nodiscard]] bool may_have_been_lost(salvage::BucketId bucket) const;
    Result<void> add_other_state();
    Result<void> add_lost_and_found();
    Result<void> add_to_lost_and_found(PageId page);
    void report_holes();
    [[nodiscard]] std::uint64_t expected_in(const salvage::Hole& hole) const;
    Result<void> finish();

    RecoverOptions options_;
    salvage::Survey pages_;
    salvage::BucketTable buckets_;
    salvage::Ground ground_;
    salvage::TreeKeeper keeper_;
    std::vector<DB> donors_;
    std::optional<salvage::Output> output_;
    std::optional<salvage::Filler> filler_;
    salvage::States states_;
    std::optional<salvage::Orphans> orphans_;
    /// Pages of the newest state that nothing leads to, when the first suspect was
    /// met: sound ones by their first keys, and how many damaged ones.
    std::vector<PageId> live_pages_;
    std::optional<std::uint64_t> live_pages_damaged_;
    bool is_keeping_suspect_ = false;
    bool are_suspects_current_ = false; ///< the freelist alone is wrong
    std::uint64_t pages_missing_ = 0;
    bool has_looked_for_lost_buckets_ = false;
    std::size_t next_hole_ = 0;
    std::uint64_t kept_keys_ = 0;
    std::uint64_t kept_leaves_ = 0;
    std::uint64_t wrong_in_root_ = 0;
    PageId last_kept_{};
    std::vector<std::string> last_bucket_;
    std::string last_key_of_bucket_; ///< when it was entered
    std::string_view last_key_;      ///< that or a later one
    RecoverStage stage_ = RecoverStage::survey;
    RecoverReport report_;
};

} // namespace rebolt
