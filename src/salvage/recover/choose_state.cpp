#include "salvage/recover/choose_state.hpp"

#include <utility>

#include <rebolt/content_sample.hpp>

#include "base/try.hpp"
#include "salvage/meta_pair.hpp"
#include "salvage/recover/account.hpp"
#include "salvage/recover/attribution.hpp"
#include "salvage/recover/freelist_judge.hpp"
#include "salvage/recover/guess.hpp"
#include "salvage/recover/in_flight.hpp"
#include "salvage/recover/previous.hpp"
#include "salvage/recover/state_tree.hpp"
#include "salvage/recover/states.hpp"

namespace rebolt::salvage {

Result<bool> ChooseState::step() {
    switch (next_++) {
    case 0:
        if (context_.pages.sound_pages() == 0)
            return nothing_to_recover();
        context_.owner = owner_of(context_.pages.source(), context_.options.owners);
        context_.states = TRY(find_states(context_));
        look_for_true_root();
        return true;
    case 1:
        TRY(learn_previous(context_));
        return true;
    case 2:
        weigh();
        if (context_.options.policy == RecoverPolicy::newest_whole)
            TRY(require_whole());
        return true;
    default:
        name_by_old_roots(context_);
        TRY(attribute_orphans(context_)); // what is entered is marked since weigh()
        if (context_.in_flight) {
            name_the_rest(context_);
            forget_in_flight(context_);
        }
        note_value_buckets(context_);
        if (context_.free_pages_known)
            Account(context_, context_.states.newest).mark_contested();
        return false;
    }
}

Error ChooseState::nothing_to_recover() const {
    const PageSource& source = context_.pages.source();
    if (read_metas(source).current)
        return Error(ErrorCode::damaged, "no branch or leaf page in it is whole: there is nothing "
                                         "to recover")
            .in_file(source.path());
    return Error({.code = FindingCode::not_a_bolt_file,
                  .severity = Severity::fatal,
                  .place = {},
                  .message = "no page in it is a sound page of a bbolt file: there is nothing to "
                             "recover",
                  .transaction = std::nullopt})
        .in_file(source.path());
}

// A meta may be sealed and yet lead to a page that is no root.
void ChooseState::look_for_true_root() {
    States& states = context_.states;
    if (!states.newest.has_meta || may_be_root(context_.pages, states.newest.root))
        return;
    if (auto root = find_root_of(context_, states.newest)) {
        states.newest.root = *root;
        return;
    }
    if (states.other && states.other->has_meta && may_be_root(context_.pages, states.other->root))
        return;
    const State newest = states.newest;
    states = guess_both(context_);
    if (number(states.newest.root) == 0)
        states.newest = newest;
}

// Newest tree, its freelist and the state before: which are to be believed.
void ChooseState::weigh() {
    States& states = context_.states;
    const std::uint64_t holes = judge_freelist(context_);
    if (!states.newest.has_meta || !states.other || !context_.knows_previous ||
        context_.free_pages_known)
        return;
    const Written written = newest_was_written(context_);
    if (written == Written::all && holes == 0)
        return;
    // Where its commit must have written more, one with other names is a bucket's old root.
    const bool has_list = states.newest.freelist != no_freelist;
    const bool is_root = may_be_root(context_.pages, states.newest.root) &&
                         (!has_list || written != Written::some ||
                          have_same_names(context_.pages, states.newest.root, states.other->root));
    if (!is_accounted_for(context_, *states.other))
        return;
    if (!is_root) { // its data never arrived, and nothing tells what it was
        states.newest = *states.other;
        states.other.reset();
        states.is_newest_proven = false;
        static_cast<void>(judge_freelist(context_));
        return;
    }
    if (has_list && written == Written::some) {
        states.order_is_doubtful = true;
        states.rivals = {*states.other};
    }
}

Result<void> ChooseState::require_whole() {
    States& states = context_.states;
    if (!context_.distrusts_newest() && is_whole(context_.pages, states.newest)) {
        states.is_newest_proven = states.is_newest_proven || states.newest.has_meta;
        return {};
    }
    if (!states.other || !is_whole(context_.pages, *states.other))
        return Error(ErrorCode::damaged,
                     "no transaction in it is whole: recover with the policy `best`")
            .in_file(context_.pages.source().path());
    states.newest = *states.other;
    states.other.reset();
    states.order_is_doubtful = false;
    states.is_newest_proven = true;
    context_.pages.clear_all(Survey::free);
    context_.free_pages_known = context_.knows_previous = false;
    static_cast<void>(judge_freelist(context_));
    return {};
}

} // namespace rebolt::salvage
