#include <optional>
#include <utility>

#include <rebolt/store_copy.hpp>

#include "base/try.hpp"
#include "store/call_gate.hpp"
#include "store/pair_stream.hpp"

namespace rebolt::store {
namespace {

constexpr std::uint64_t pairs_between_reports = 256;

// One side of the comparison, on its next pair.
struct Side {
    PairStream stream;
    std::optional<KeyValue> pair;
    std::uint64_t& keys;

    Result<void> advance() {
        pair = TRY(stream.next());
        keys += pair ? 1 : 0;
        return {};
    }
};

// Which of the two pairs comes first, if they are of different keys.
DifferenceKind kind_of(const Side& left, const Side& right) {
    if (!right.pair || (left.pair && left.pair->key < right.pair->key))
        return DifferenceKind::left_only;
    if (!left.pair || right.pair->key < left.pair->key)
        return DifferenceKind::right_only;
    return DifferenceKind::value;
}

Result<void> tell(const DiffOptions& options, DifferenceKind kind, const Side& left,
                  const Side& right) {
    if (!options.on_difference)
        return {};
    const KeyValue* of_left = kind == DifferenceKind::right_only ? nullptr : &*left.pair;
    const KeyValue* of_right = kind == DifferenceKind::left_only ? nullptr : &*right.pair;
    return options.on_difference(
        {kind, of_left != nullptr ? of_left->key : of_right->key, of_left, of_right});
}

} // namespace

std::string_view name_of(DifferenceKind kind) noexcept {
    switch (kind) {
    case DifferenceKind::left_only:
        return "left-only";
    case DifferenceKind::right_only:
        return "right-only";
    case DifferenceKind::value:
        return "value";
    }
    return "unknown";
}

Result<DiffReport> diff(Store& left_store, Store& right_store, const DiffOptions& options) {
    DiffReport report;
    Side left{{left_store, options.prefix}, {}, report.left_keys};
    Side right{{right_store, options.prefix}, {}, report.right_keys};
    TRY(left.advance());
    TRY(right.advance());
    for (std::uint64_t compared = 0; left.pair || right.pair; ++compared) {
        if (compared % pairs_between_reports == 0 && options.progress &&
            !options.progress(compared))
            return cancelled_error();
        const DifferenceKind kind = kind_of(left, right);
        const bool is_different =
            kind != DifferenceKind::value || left.pair->value != right.pair->value;
        if (is_different)
            TRY(tell(options, kind, left, right));
        report.left_only += kind == DifferenceKind::left_only ? 1 : 0;
        report.right_only += kind == DifferenceKind::right_only ? 1 : 0;
        report.values += kind == DifferenceKind::value && is_different ? 1 : 0;
        if (kind != DifferenceKind::right_only)
            TRY(left.advance());
        if (kind != DifferenceKind::left_only)
            TRY(right.advance());
    }
    return report;
}

} // namespace rebolt::store
