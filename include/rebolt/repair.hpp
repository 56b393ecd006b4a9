// repair: finds the smallest change in place that makes a damaged file whole.
//
// Tried in this order, each on a preview that check() must find clean: trust
// the next transaction's meta, if its checksum alone is wrong; rewrite a meta
// page; rebuild the freelist; put page headers right; go back to the other meta;
// remove the references to damaged data. Nothing is written: the plan is applied by
// apply_in_place(), and can be undone. It brings nothing back: recover does (see
// rebolt/recover.hpp).
//
//   auto source = rebolt::PageSource::open("broken.db");
//   if (!source)
//       return std::move(source).error();
//   auto repair = rebolt::Repair::begin(*source);
//   if (auto done = repair.run(); !done)
//       return done;
//   if (repair.report().is_repairable())
//       std::puts(repair.report().plan.title.c_str());
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/edit_plan.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// What a repair does, the smallest change first.
enum class RepairKind : std::uint8_t {
    none,             ///< nothing: the file is clean, or cannot be repaired
    mend_meta,        ///< the older or broken meta page is rewritten
    rebuild_freelist, ///< a new freelist, and a meta for it
    mend_headers,     ///< page headers that their own content proves wrong
    revert,           ///< back to the transaction before
    reseal_meta,      ///< a meta whose checksum is wrong, and whose tree is whole
    drop_holes,       ///< elements that lead to damage are removed
};
inline constexpr std::size_t repair_kind_count = 7;

/// `none`, `mend-meta`, `rebuild-freelist`, `mend-headers`, `revert`, ….
[[nodiscard]] std::string_view name_of(RepairKind kind) noexcept;

/// What a repair cuts off: a page and all below it, a bucket, or a value.
struct DroppedHole {
    std::vector<std::string> bucket; ///< names from the top-level bucket down
    std::string first;               ///< keys from this one on; empty: from the first
    std::optional<std::string> end;  ///< up to before this one; nullopt: to the last
    std::optional<std::string> name; ///< set: only this bucket or value, in `bucket`
    PageId page;                     ///< the damaged page
    PageId parent;                   ///< the page that no longer leads there
    FindingCode code;                ///< what is wrong with it
};

struct RepairReport {
    RepairKind kind = RepairKind::none;
    CheckReport before;               ///< the file as it is
    std::optional<CheckReport> after; ///< as the plan would make it: clean
    EditPlan plan;
    std::vector<DroppedHole> holes; ///< of drop_holes
    std::string why_not;            ///< damaged, and no plan: why

    [[nodiscard]] bool is_clean() const noexcept { return before.verdict == Verdict::clean; }
    [[nodiscard]] bool is_repairable() const noexcept { return after.has_value(); }
};

struct RepairOptions {
    /// As CheckOptions'. What they say is in the report; no value is dropped for it.
    OwnerRules owners = known_owner_rules();
    /// Called now and then while checking; return false to cancel.
    std::function<bool(const CheckProgress&)> progress;
    /// Rounds of looking and dropping: damage may hide damage.
    unsigned rounds_max = 200;
};

/// A repair being worked out. Writes nothing.
class Repair {
public:
    /// `source` must outlive it.
    static Repair begin(const PageSource& source, RepairOptions options = {});
    Repair(Repair&&) noexcept;
    Repair& operator=(Repair&&) noexcept;
    ~Repair();

    /// Tries one more thing, at the cost of one check of the file; false when
    /// the report is whole. Errors: cancelled, io, out_of_memory; never damage.
    [[nodiscard]] Result<bool> step();
    /// Steps to the end.
    Result<void> run();

    /// What is tried next; `none` before the first look and after the end.
    [[nodiscard]] RepairKind trying() const noexcept;
    [[nodiscard]] const RepairReport& report() const noexcept;

private:
    class Work;
    explicit Repair(std::unique_ptr<Work> work) noexcept;

    std::unique_ptr<Work> work_;
};

} // namespace rebolt
