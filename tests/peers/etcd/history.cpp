#include "peers/etcd/history.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

class Judge {
public:
    Judge(const std::vector<Write>& chain, const std::vector<Operation>& operations)
        : chain_(chain), operations_(operations) {
        for (std::size_t i = 0; i < chain.size(); ++i) {
            at_index_[chain[i].index] = i;
            at_value_[chain[i].value] = i;
        }
    }

    std::string run() {
        if (at_index_.size() != chain_.size() || at_value_.size() != chain_.size())
            return "two writes of one index or value";
        if (!std::ranges::is_sorted(chain_, {}, &Write::index))
            return "the chain's indexes do not ascend";
        for (const Operation& operation : operations_)
            if (std::string wrong = place(operation); !wrong.empty())
                return wrong;
        if (placed_writes_ + 1 != chain_.size())
            return fmt::format("{} writes that nobody made", chain_.size() - 1 - placed_writes_);
        return judge_time();
    }

private:
    struct Placed {
        const Operation* operation;
        std::size_t position; // writes are even, what sees them odd
        bool may_be_later;
    };

    std::string place(const Operation& operation) {
        const auto written = at_value_.find(operation.value);
        const bool is_there = written != at_value_.end();
        switch (operation.did) {
        case Did::read:
            return place_read(operation);
        case Did::refused:
            return is_there ? "a refused swap was carried out: " + operation.value
                            : place_refusal(operation);
        case Did::unknown:
            return is_there ? place_write(operation, written->second) : "";
        case Did::swapped:
            if (!is_there || chain_[written->second].index != operation.index)
                return fmt::format("an acknowledged swap is lost: {} at {}", operation.value,
                                   operation.index);
            return place_write(operation, written->second);
        }
        return "";
    }

    std::string place_read(const Operation& read) {
        const auto at = at_index_.find(read.index);
        if (at == at_index_.end() || chain_[at->second].value != read.value)
            return fmt::format("a read of what was never there: {} at {}", read.value, read.index);
        placed_.push_back({&read, 2 * at->second + 1, false});
        return "";
    }

    std::string place_write(const Operation& swap, std::size_t at) {
        if (at == 0 || chain_[at - 1].index != swap.expected)
            return fmt::format("a swap that expected {} was carried out on {}", swap.expected,
                               at == 0 ? 0 : chain_[at - 1].index);
        ++placed_writes_;
        placed_.push_back({&swap, 2 * at, false});
        return "";
    }

    std::string place_refusal(const Operation& swap) {
        const auto at = at_index_.find(swap.expected);
        if (at == at_index_.end() || at->second + 1 == chain_.size())
            return fmt::format("a swap was refused though {} was the newest", swap.expected);
        placed_.push_back({&swap, 2 * (at->second + 1) + 1, true});
        return "";
    }

    // Goes through all beginnings and ends in the order of time, with the furthest
    // position of what has ended.
    std::string judge_time() {
        std::vector<Placed*> by_begin;
        std::vector<Placed*> by_end;
        for (Placed& one : placed_) {
            by_begin.push_back(&one);
            if (one.operation->did != Did::unknown)
                by_end.push_back(&one);
        }
        std::ranges::sort(by_begin, {}, [](const Placed* one) { return one->operation->began; });
        std::ranges::sort(by_end, {}, [](const Placed* one) { return one->operation->ended; });
        std::size_t furthest = 0;
        auto ending = by_end.begin();
        for (Placed* const one : by_begin) {
            for (; ending != by_end.end() && (*ending)->operation->ended < one->operation->began;
                 ++ending)
                furthest = std::max(furthest, (*ending)->position);
            if (one->may_be_later)
                one->position = std::max(one->position, furthest);
            if (one->position < furthest)
                return fmt::format("stands before what had ended when it began: {} at {}",
                                   one->operation->value, one->operation->index);
        }
        return "";
    }

    const std::vector<Write>& chain_;
    const std::vector<Operation>& operations_;
    std::map<std::uint64_t, std::size_t> at_index_;
    std::map<std::string, std::size_t> at_value_;
    std::vector<Placed> placed_;
    std::size_t placed_writes_ = 0;
};

} // namespace

std::string judge(const std::vector<Write>& chain, const std::vector<Operation>& operations) {
    return Judge(chain, operations).run();
}

} // namespace rebolt::test
