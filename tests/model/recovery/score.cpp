#include "score.hpp"

#include <fmt/format.h>

#include <rebolt/finding.hpp>

namespace rebolt::test {
namespace {

constexpr std::size_t told_max = 5;
constexpr std::string_view lost_and_found = "lost+found";

void note(std::vector<std::string>& list, std::string text) {
    if (list.size() < told_max)
        list.push_back(std::move(text));
}

std::string shown(std::string_view text) {
    return printable(text.substr(0, 100)) + (text.size() > 100 ? "..." : "");
}

class Scorer {
public:
    Scorer(const ShapeFile& shape, const Harmed& harmed)
        : shape_(shape), intact_(intact_pages({shape.bytes, shape.tree}, harmed)) {
        // A bucket's way is intact if the leaves that name it and those above are.
        for (const LiveBucket& bucket : shape.tree.buckets)
            way_intact_.push_back(bucket.parent == no_index ||
                                  (way_intact_[bucket.parent] && intact_[bucket.header]));
    }

    void count_recall(const ToldItems& items, Score& score) const {
        for (const LiveItem& item : shape_.tree.items) {
            const BucketNames& bucket = shape_.tree.buckets[item.bucket].path;
            const auto found = items.find({bucket, std::string(item.key)});
            const bool back = found != items.end() && found->second.value == item.value;
            const bool own = intact_[item.leaf];
            add(score.live, back);
            if (own)
                add(score.own, back);
            if (!own || !way_intact_[item.bucket])
                continue;
            add(score.recall, back);
            if (!back)
                note(score.missing,
                     fmt::format("{}: {} of page {} {}", to_text(bucket), shown(item.key),
                                 shape_.tree.pages[item.leaf].id,
                                 found == items.end() ? "is not there" : "has another value"));
        }
    }

    void count_truth(const Recovered& recovered, Score& score) const {
        for (const auto& [place, item] : recovered.items) {
            const auto& [bucket, key] = place;
            ++score.items;
            score.current += item.provenance == Provenance::current ? 1 : 0;
            if (is_true(bucket, key, item))
                continue;
            ++score.lies;
            note(score.lies_told,
                 fmt::format("{}: {} = {} ({}{}, page {}){}", to_text(bucket), shown(key),
                             item.value ? shown(*item.value) : "a bucket", name_of(item.provenance),
                             item.is_partial ? ", partial" : "", item.page,
                             explanation(bucket, key, item)));
        }
        for (const auto& [bucket, sequence] : recovered.sequences)
            if (!is_true_sequence(recovered, bucket, sequence)) {
                ++score.lies;
                note(score.lies_told, fmt::format("{}: sequence {}", to_text(bucket), sequence));
            }
    }

private:
    static void add(Recall& recall, bool back) {
        ++recall.wanted;
        recall.back += back ? 1 : 0;
    }

    [[nodiscard]] bool is_true(const BucketNames& bucket, const std::string& key,
                               const ToldItem& item) const {
        const States& states = *shape_.states;
        if (bucket.empty() && key == lost_and_found)
            return !item.value;
        if (!bucket.empty() && bucket[0] == lost_and_found)
            return (bucket.size() == 1 && !item.value) ||
                   states.was_committed_anywhere(key, item.value);
        if (item.provenance == Provenance::current && !item.is_partial)
            return states.is_live(bucket, key, item.value);
        return states.was_committed(bucket, key, item.value);
    }

    [[nodiscard]] std::string explanation(const BucketNames& bucket, const std::string& key,
                                          const ToldItem& item) const {
        const States& states = *shape_.states;
        if (states.was_committed(bucket, key, item.value))
            return ": that was true once, and is not now";
        if (states.was_committed_anywhere(key, item.value))
            return ": that was in another bucket";
        return ": that was never there";
    }

    // A bucket whose header is lost may have none.
    [[nodiscard]] bool is_true_sequence(const Recovered& recovered, const BucketNames& bucket,
                                        std::uint64_t sequence) const {
        if (bucket.empty() || bucket[0] == lost_and_found)
            return true;
        const auto item =
            recovered.items.find({BucketNames(bucket.begin(), bucket.end() - 1), bucket.back()});
        const bool is_current = item != recovered.items.end() &&
                                item->second.provenance == Provenance::current &&
                                !item->second.is_partial;
        if (is_current)
            return sequence == shape_.states->live_sequence(bucket).value_or(0);
        return sequence == 0 || shape_.states->was_sequence(bucket, sequence);
    }

    const ShapeFile& shape_;
    std::vector<bool> intact_;
    std::vector<bool> way_intact_;
};

} // namespace

Recall& Recall::operator+=(const Recall& other) noexcept {
    wanted += other.wanted;
    back += other.back;
    return *this;
}

double Recall::fraction() const noexcept {
    return wanted == 0 ? 1.0 : static_cast<double>(back) / static_cast<double>(wanted);
}

Score& Score::operator+=(const Score& other) {
    recall += other.recall;
    own += other.own;
    live += other.live;
    surgery += other.surgery;
    items += other.items;
    current += other.current;
    lies += other.lies;
    for (const std::string& text : other.lies_told)
        note(lies_told, text);
    for (const std::string& text : other.missing)
        note(missing, text);
    return *this;
}

Score score(const ShapeFile& shape, const Harmed& harmed, const Recovered& recovered) {
    Score result;
    const Scorer scorer(shape, harmed);
    scorer.count_recall(recovered.items, result);
    scorer.count_truth(recovered, result);
    return result;
}

Recall recall_of(const ShapeFile& shape, const Harmed& harmed, const ToldItems& items) {
    Score result;
    Scorer(shape, harmed).count_recall(items, result);
    return result.recall;
}

} // namespace rebolt::test
