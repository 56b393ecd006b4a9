// The order of keys, as bbolt's check asks for it since 1.3.7.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/try.hpp"
#include "predict/checker.hpp"

namespace rebolt::predict {
namespace {

constexpr std::size_t order_depth_max = 1000;

} // namespace

Ended<std::string> Checker::hex(const Text& text) const {
    std::string words;
    for (const char c : TRY(store_->memory().copy(text)))
        words += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return words;
}

// verifyKeyOrder.
Done Checker::check_key(const KeyPlace& place, const Text& key, const Text& previous,
                        const Text& beyond) {
    Memory& memory = store_->memory();
    const std::string pages = fmt::format("[{}]", fmt::join(path_, " "));
    const auto tell = [&](const char* words, const char* stack) -> Done {
        return problem(fmt::format("key[{}]=(hex){} on {} page({}) needs to be {} (hex){}. {}: {}",
                                   place.index, TRY(hex(key)), place.type, place.page, words,
                                   TRY(hex(previous)), stack, pages));
    };
    if (place.index == 0 && !previous.is_nil && TRY(memory.compare(previous, key)) > 0)
        if (Done done = problem(fmt::format("the first key[0]=(hex){} on {} page({}) needs to be "
                                            ">= the key in the ancestor ({}). Stack: {}",
                                            TRY(hex(key)), place.type, place.page,
                                            TRY(hex(previous)), pages));
            !done)
            return done;
    if (place.index > 0) {
        const int order = TRY(memory.compare(previous, key));
        if (order >= 0)
            if (Done done = tell(order > 0 ? "> (found <) than previous element"
                                           : "> (found =) than previous element",
                                 "Stack");
                !done)
                return done;
    }
    if (!beyond.is_nil && TRY(memory.compare(key, beyond)) >= 0)
        return tell("< than key of the next element in ancestor", "Pages stack");
    return {};
}

Ended<Text> Checker::check_branch_keys(const Page& page, const Text& least, const Text& beyond) {
    Text last;
    Text running = least;
    for (std::uint64_t i = 0; i < page.count; ++i) {
        const std::uint64_t child = TRY(store_->branch_child(page, i));
        const Text key = TRY(store_->branch_key(page, i));
        if (Done done = check_key({child, "branch", i}, key, running, beyond); !done)
            return std::move(done).error();
        Text end = beyond;
        if (i + 1 < page.count)
            end = TRY(store_->branch_key(page, i + 1));
        last = TRY(check_keys(child, key, end));
        running = last;
    }
    return last;
}

// Bounded: check_pages went this way before, and found no loop.
Ended<Text> Checker::check_keys(std::uint64_t id, const Text& least, const Text& beyond) {
    if (Done done = store_->step(); !done)
        return std::move(done).error();
    if (path_.size() > order_depth_max)
        return hang("the way down is deeper than any file needs", PageId{id});
    const Page page = TRY(store_->tx_page(id));
    path_.push_back(id);
    Text last;
    if (store_->is_branch(page)) {
        last = TRY(check_branch_keys(page, least, beyond));
    } else if (store_->is_leaf(page)) {
        Text running = least;
        for (std::uint64_t i = 0; i < page.count; ++i) {
            if (Done done = store_->step(); !done)
                return std::move(done).error();
            const Text key = TRY(store_->leaf_key(page, i));
            if (Done done = check_key({id, "leaf", i}, key, running, beyond); !done)
                return std::move(done).error();
            running = key;
        }
        if (page.count > 0)
            last = TRY(store_->leaf_key(page, page.count - 1));
    } else {
        const std::string words =
            store_->rules().flags_are_exact()
                ? fmt::format("unexpected page type (flags: {:x}) for pgId:{}", page.flags, id)
                : fmt::format("unexpected page type for pgId:{}", id);
        if (Done done = problem(words); !done)
            return std::move(done).error();
    }
    path_.pop_back();
    return last;
}

} // namespace rebolt::predict
