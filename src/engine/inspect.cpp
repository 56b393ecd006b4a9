// bbolt's Bucket.Inspect: how many keys each bucket has, as a tree.
#include <rebolt/bucket.hpp>

#include <utility>
#include <vector>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "engine/engine.hpp"

namespace rebolt {
namespace {

// On an explicit stack: buckets inside buckets. Buckets that share pages could make
// the walk exponential in the file's size: more work than the file has room for ends it.
class Inspection {
public:
    explicit Inspection(const engine::TransactionState& state)
        : state_(state), work_max_(state.file.size() / format::element_bytes +
                                   state.page_bound() * state.page_size) {}

    Result<BucketStructure> run(const Bucket& bucket, std::string name) {
        levels_.push_back({bucket, bucket.cursor(), {.name = std::move(name)}});
        auto entry = TRY(levels_.back().cursor.first());
        for (;;) {
            if (!entry) {
                Level done = std::move(levels_.back());
                levels_.pop_back();
                if (levels_.empty())
                    return std::move(done.structure);
                levels_.back().structure.buckets.push_back(std::move(done.structure));
            } else if (entry->is_bucket) {
                entry = TRY(enter(*entry));
                continue;
            } else {
                ++levels_.back().structure.key_count;
            }
            TRY(count_work());
            entry = TRY(levels_.back().cursor.next());
        }
    }

private:
    struct Level {
        Bucket bucket;
        Cursor cursor;
        BucketStructure structure;
    };

    Result<std::optional<Entry>> enter(const Entry& entry) {
        TRY(count_work());
        Bucket inside = TRY(levels_.back().bucket.bucket(entry.key));
        Cursor cursor = inside.cursor();
        levels_.push_back({std::move(inside), std::move(cursor), {.name = std::string(entry.key)}});
        return levels_.back().cursor.first();
    }

    Result<void> count_work() {
        if (++work_ <= work_max_)
            return {};
        return engine::damage(state_, FindingCode::page_shared, PageId{state_.meta.root}, 0,
                              "more entries were met than the file has room for: buckets share "
                              "pages",
                              {}, nullptr);
    }

    const engine::TransactionState& state_;
    std::vector<Level> levels_;
    std::uint64_t work_ = 0;
    std::uint64_t work_max_;
};

} // namespace

Result<BucketStructure> Bucket::inspect() const {
    return with_memory([&]() -> Result<BucketStructure> {
        TRY(still_there());
        return Inspection(*state_).run(*this, name_ == nullptr ? "root" : name_->name);
    });
}

} // namespace rebolt
