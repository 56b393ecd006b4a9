// One repair under way: a list of attempts, each proven on a preview.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include <rebolt/repair.hpp>

#include "salvage/repair/holes.hpp"
#include "salvage/state_edit.hpp"

namespace rebolt {

class Repair::Work {
public:
    Work(const PageSource& source, RepairOptions options);

    Result<bool> step();
    [[nodiscard]] RepairKind trying() const noexcept;
    [[nodiscard]] const RepairReport& report() const noexcept { return report_; }

private:
    /// Something to try, on the state that a meta names.
    struct Attempt {
        RepairKind kind;
        std::size_t meta;
        bool with_freelist = false; ///< of revert and reseal: a new freelist too
    };
    /// The rounds of drop_holes.
    struct Rounds {
        explicit Rounds(const PageSource& source) : edit(source), holes(edit) {}
        salvage::PageEdit edit;
        salvage::Holes holes;
        format::MetaFields fields{};
        std::size_t slot = 0;
        unsigned count = 0;
    };

    Result<bool> look();
    void list_attempts();
    Result<bool> attempt(const Attempt& attempt);
    Result<bool> mend_meta();
    Result<bool> rebuild_freelist(const Attempt& attempt);
    Result<bool> mend_headers(const Attempt& attempt);
    Result<bool> go_back(const Attempt& attempt);
    void begin_rounds(const Attempt& attempt);
    Result<bool> round(const Attempt& attempt);
    bool cut_all(const CheckReport& report, TxId transaction);
    Result<bool> finish_rounds(const Attempt& attempt, const PageSource& draft);
    void describe_holes(EditPlan& plan) const;

    /// Puts a new freelist, where the state has one, and a meta on `slot`, if
    /// the tree is whole without; then proves it. `plan` says the rest.
    Result<bool> prove_with_new_meta(RepairKind kind, salvage::PageEdit& edit,
                                     format::MetaFields fields, std::size_t slot, EditPlan words);
    Result<bool> prove(RepairKind kind, const salvage::PageEdit& edit, std::size_t last_meta,
                       EditPlan words);
    /// The fields of a meta of this state that is newer than all.
    [[nodiscard]] format::MetaFields newest_fields(std::size_t meta, std::size_t slot) const;
    void put_metas(salvage::PageEdit& edit, const format::MetaFields& fields,
                   std::size_t slot) const;
    void mend_header_pages(salvage::PageEdit& edit, EditPlan& words) const;
    [[nodiscard]] bool tree_is_at_fault() const;
    [[nodiscard]] bool may_rebuild_freelist();
    [[nodiscard]] bool has_unreachable_pages() const;
    [[nodiscard]] bool other_is_next() const;
    [[nodiscard]] Result<CheckReport> checked(const PageSource& source) const;

    const PageSource& source_;
    RepairOptions options_;
    RepairReport report_;
    salvage::MetaPair metas_;
    std::deque<Attempt> attempts_;
    std::unique_ptr<Rounds> rounds_;
    EditPlan round_words_;
    bool has_looked_ = false;
    bool is_tree_right_ = false; ///< proven though tree and freelist differ
};

} // namespace rebolt
