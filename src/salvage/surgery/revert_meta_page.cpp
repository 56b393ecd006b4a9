// revert-meta-page: back to the transaction before.
#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/surgery/page_of_tree.hpp"

namespace rebolt::surgery {

Result<EditPlan> revert_meta_page(const PageSource& source) {
    const salvage::MetaPair metas = TRY(salvage::must_have_meta(source));
    const std::size_t current = *metas.current;
    if (!metas.is_valid[metas.other()])
        return salvage::refused(source, fmt::format("meta {} is the only valid one: there is no "
                                                    "transaction to go back to",
                                                    current));
    const format::MetaFields& before = *metas.fields[metas.other()];
    salvage::PageEdit edit(source);
    edit.put_meta(PageId{current}, before);
    EditPlan plan = edit.plan(PageId{current});
    const std::uint64_t given_up = metas.current_fields().txid;
    plan.title = fmt::format("revert meta {} to transaction {}", current, before.txid);
    plan.steps.push_back(fmt::format("write meta {} (transaction {}) over meta {} (transaction {})",
                                     metas.other(), before.txid, current, given_up));
    if (before.txid != given_up)
        plan.costs.push_back(fmt::format("what transaction {} changed is given up", given_up));
    return plan;
}

} // namespace rebolt::surgery
