#include <compare>

#include <rebolt/content_walk.hpp>

#include "base/try.hpp"

namespace rebolt {
namespace {

// The order of a walk: by the names on the way, a bucket before what is in it.
std::strong_ordering order(const ContentItem& left, const ContentItem& right) {
    const std::size_t common = std::min(left.bucket.size(), right.bucket.size());
    const auto name = [](const ContentItem& item, std::size_t i) {
        return i < item.bucket.size() ? std::string_view(item.bucket[i]) : item.key;
    };
    for (std::size_t i = 0; i <= common; ++i)
        if (const auto compared = name(left, i) <=> name(right, i); compared != 0)
            return compared;
    return left.bucket.size() <=> right.bucket.size();
}

class DiffWalk {
public:
    using OnDifference = std::function<Result<void>(const ContentDifference&)>;

    DiffWalk(const Tx& left, const Tx& right, const OnDifference& on_difference)
        : left_walk_(left), right_walk_(right), on_difference_(on_difference) {}

    Result<ContentDiff> run() {
        TRY(step_left());
        TRY(step_right());
        while (left_ || right_) {
            const auto at = !right_  ? std::strong_ordering::less
                            : !left_ ? std::strong_ordering::greater
                                     : order(*left_, *right_);
            if (at == 0)
                TRY(compare());
            else if (at < 0)
                TRY(tell(ContentDifferenceKind::left_only, sum_.left_only));
            else
                TRY(tell(ContentDifferenceKind::right_only, sum_.right_only));
            if (at <= 0)
                TRY(step_left());
            if (at >= 0)
                TRY(step_right());
        }
        return sum_;
    }

private:
    Result<void> step_left() {
        left_ = TRY(left_walk_.next());
        sum_.left_items += left_ ? 1 : 0;
        return {};
    }
    Result<void> step_right() {
        right_ = TRY(right_walk_.next());
        sum_.right_items += right_ ? 1 : 0;
        return {};
    }

    Result<void> compare() {
        if (left_->is_bucket != right_->is_bucket)
            return tell(ContentDifferenceKind::kind, sum_.kinds);
        if (left_->sequence != right_->sequence)
            return tell(ContentDifferenceKind::sequence, sum_.sequences);
        if (left_->value != right_->value)
            return tell(ContentDifferenceKind::value, sum_.values);
        return {};
    }

    Result<void> tell(ContentDifferenceKind kind, std::uint64_t& count) {
        ++count;
        return on_difference_(
            {.kind = kind,
             .left = kind == ContentDifferenceKind::right_only ? nullptr : &*left_,
             .right = kind == ContentDifferenceKind::left_only ? nullptr : &*right_});
    }

    ContentWalk left_walk_;
    ContentWalk right_walk_;
    const OnDifference& on_difference_;
    std::optional<ContentItem> left_;
    std::optional<ContentItem> right_;
    ContentDiff sum_;
};

} // namespace

std::string_view name_of(ContentDifferenceKind kind) noexcept {
    switch (kind) {
    case ContentDifferenceKind::left_only:
        return "left-only";
    case ContentDifferenceKind::right_only:
        return "right-only";
    case ContentDifferenceKind::value:
        return "value";
    case ContentDifferenceKind::sequence:
        return "sequence";
    case ContentDifferenceKind::kind:
        break;
    }
    return "kind";
}

Result<ContentDiff>
diff_content(const Tx& left, const Tx& right,
             const std::function<Result<void>(const ContentDifference&)>& on_difference) {
    TRY(left.judge());
    TRY(right.judge());
    return DiffWalk(left, right, on_difference).run();
}

} // namespace rebolt
