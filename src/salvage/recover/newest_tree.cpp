#include "salvage/recover/newest_tree.hpp"

#include <utility>

#include "base/try.hpp"
#include "salvage/meta_pair.hpp"
#include "salvage/recover/choose_state.hpp"
#include "salvage/recover/context.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {

Result<bool> is_newest_tree_right(const PageSource& source, RecoverOptions options) {
    const MetaPair metas = read_metas(source);
    if (!metas.current)
        return false;
    Context context(source, std::move(options));
    while (context.pages.step())
        TRY(context.pulse.beat());
    ChooseState choose(context);
    while (TRY(choose.step()))
        TRY(context.pulse.beat());
    const States& states = context.states;
    return number(states.newest.root) == metas.current_fields().root && states.newest.has_meta &&
           states.is_newest_proven && !states.order_is_doubtful && !context.distrusts_newest() &&
           is_whole(context.pages, states.newest);
}

} // namespace rebolt::salvage
