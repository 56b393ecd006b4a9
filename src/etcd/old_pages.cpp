#include "etcd/old_pages.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "etcd/tree_walk.hpp"

namespace rebolt::etcd {
namespace {

// The records between two revisions were all on a page.
struct Span {
    Revision first;
    Revision last;
};

// Range of a hole; no end: nobody knows how far it went.
struct Range {
    Revision first;
    std::optional<Revision> end;
};

std::optional<Range> range_of(const TreeHole& hole) {
    const auto first = parse_stored_key(hole.first);
    if (hole.bucket != "key" || !first)
        return std::nullopt;
    Range range{first->revision, {}};
    if (const auto end = hole.end ? parse_stored_key(*hole.end) : std::nullopt)
        range.end = end->revision;
    return range;
}

bool follows(const Revision& next, const Revision& before) {
    return next <= before || (next.main == before.main && next.sub == before.sub + 1) ||
           (next.main == before.main + 1 && next.sub == 0);
}

class OldPages {
public:
    explicit OldPages(const std::vector<TreeHole>& holes) {
        for (const TreeHole& hole : holes) {
            if (const auto range = range_of(hole); range && range->end)
                ranges_.push_back({*range, &hole, {}});
            else
                found_.left.push_back(hole);
        }
    }

    void look_through(const PageSource& source) {
        std::optional<PageId> page;
        std::vector<StoredRecord> records;
        walk_leaves(source, [&](PageId id, const format::LeafElement& element) {
            if (page != id) {
                take_page(records);
                records.clear();
                page = id;
            }
            auto record = element.is_bucket() ? std::nullopt : parse_stored_key(element.key);
            const auto value = record ? parse_key_value(element.value) : std::nullopt;
            if (!value || (!record->is_tombstone && value->mod_revision != record->revision.main))
                return; // of another bucket, or of no use
            record->value = element.value;
            records.push_back(*record);
        });
        take_page(records);
    }

    OldRecords finish() {
        for (const auto& one : ranges_) {
            if (!is_covered(one.range, one.spans) || found_.conflicts != 0) {
                found_.left.push_back(*one.hole);
                continue;
            }
            for (auto at = records_.lower_bound(one.range.first);
                 at != records_.end() && at->first < *one.range.end; ++at)
                found_.records.push_back(at->second);
        }
        std::ranges::sort(found_.records, {}, &StoredRecord::revision);
        return std::move(found_);
    }

private:
    struct HoleRange {
        Range range;
        const TreeHole* hole;
        std::vector<Span> spans;
    };

    void take_page(const std::vector<StoredRecord>& records) {
        if (records.empty())
            return;
        const Span span{records.front().revision, records.back().revision};
        for (HoleRange& one : ranges_) {
            if (span.last < one.range.first || span.first >= *one.range.end)
                continue;
            one.spans.push_back(span);
            for (const StoredRecord& record : records)
                if (record.revision >= one.range.first && record.revision < *one.range.end)
                    take_record(record);
        }
    }

    void take_record(const StoredRecord& record) {
        const auto [at, is_new] = records_.emplace(record.revision, record);
        if (!is_new &&
            (at->second.value != record.value || at->second.is_tombstone != record.is_tombstone))
            ++found_.conflicts;
    }

    static bool is_covered(const Range& range, std::vector<Span> spans) {
        std::ranges::sort(spans, {}, &Span::first);
        std::optional<Revision> reached;
        for (const Span& span : spans) {
            if (!reached ? span.first > range.first : !follows(span.first, *reached))
                break;
            reached = reached ? std::max(*reached, span.last) : span.last;
        }
        return reached && follows(*range.end, *reached);
    }

    std::vector<HoleRange> ranges_;
    std::map<Revision, StoredRecord> records_;
    OldRecords found_;
};

} // namespace

OldRecords find_old_records(std::span<const PageSource* const> sources,
                            const std::vector<TreeHole>& holes) {
    OldPages pages(holes);
    for (const PageSource* source : sources)
        pages.look_through(*source);
    return pages.finish();
}

} // namespace rebolt::etcd
