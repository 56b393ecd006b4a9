#include "predict/scan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::predict {
namespace {} // namespace

Done Scan::show_text(const Text& text) {
    if (Done done = store_->step(text.length / 64); !done)
        return done;
    const std::string bytes = TRY(store_->memory().copy(text));
    std::string length(4, '\0');
    for (unsigned i = 0; i < 4; ++i)
        length[i] = static_cast<char>(bytes.size() >> (8 * i));
    hash_.add(length);
    hash_.add(bytes);
    return {};
}

Done Scan::show(Bucket& bucket, const Entry& entry, bool is_root) {
    const std::size_t blocks = store_->memory().block_count();
    std::unique_ptr<Bucket> kept;
    Bucket* child = nullptr;
    // Tx.ForEach asks for the bucket first, whatever the entry is.
    if (is_root)
        child = TRY(open_bucket(*store_, bucket, entry.key, kept));
    ++entries_;
    if (Done done = show_text(entry.key); !done)
        return done;
    if (!is_root && !entry.is_bucket())
        return show_text(entry.value);
    hash_.add("{");
    if (!is_root)
        child = TRY(open_bucket(*store_, bucket, entry.key, kept));
    if (child == nullptr)
        return nil_panic();
    if (Done done = walk(*child, false); !done)
        return done;
    store_->memory().release(blocks);
    return {};
}

// A bucket inside itself, or deeper than any program nests them.
Done Scan::walk(Bucket& bucket, bool is_root) {
    if (bucket.root != 0 && std::ranges::find(roots_, bucket.root) != roots_.end())
        return hang(
            fmt::format("a bucket on page {} holds itself: it runs out of stack", bucket.root),
            PageId{bucket.root});
    if (roots_.size() > bucket_depth_max)
        return hang("buckets are nested without end");
    roots_.push_back(bucket.root);
    Cursor cursor(*store_, bucket);
    for (Entry entry = TRY(cursor.first()); !entry.key.is_nil; entry = TRY(cursor.next()))
        if (Done done = show(bucket, entry, is_root); !done)
            return done;
    roots_.pop_back();
    if (!is_root)
        hash_.add("}");
    return {};
}

Done Scan::run() {
    Bucket root = root_bucket(*store_, false);
    return walk(root, true);
}

} // namespace rebolt::predict
