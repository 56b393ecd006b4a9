// The put: Tx.Cursor, Tx.Bucket or Tx.CreateBucket, Bucket.Put.
#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/writer.hpp"

namespace rebolt::predict {

Writer::Writer(Store& store) : store_(&store), root_(root_bucket(store, true)) {
    begin_freelist_ = store.meta().freelist;
    ++store.meta().txid;
    store.freelist().release();
}

Done Writer::put_one() {
    Bucket* bucket = TRY(first_bucket());
    if (bucket == nullptr)
        return nil_panic();
    const Text key = store_->memory().allocate("probe");
    const Text value = store_->memory().allocate("1");
    return put(*bucket, key, value);
}

Ended<Bucket*> Writer::first_bucket() {
    Cursor cursor(*store_, root_);
    std::unique_ptr<Bucket> kept;
    for (Entry entry = TRY(cursor.first()); !entry.key.is_nil; entry = TRY(cursor.next()))
        if (entry.is_bucket())
            return open_bucket(*store_, root_, entry.key, kept);
    return create_bucket(store_->memory().allocate("probe"));
}

Ended<Bucket*> Writer::create_bucket(const Text& name) {
    Cursor cursor(*store_, root_);
    const Entry found = TRY(cursor.seek(name));
    if (TRY(are_equal(store_->memory(), name, found.key)))
        return refusal(found.is_bucket() ? "bucket already exists" : "incompatible value");
    // An empty inline bucket: its header, and the header of a leaf.
    std::string value(bucket_header_bytes + header_bytes, '\0');
    value[bucket_header_bytes + 8] = static_cast<char>(leaf_flag);
    Inode inode{bucket_flag, 0, name, store_->memory().allocate(std::move(value))};
    Node* node = TRY(node_at(cursor));
    if (Done done = put_inode(*node, name, inode); !done)
        return std::move(done).error();
    root_.has_page = false;
    std::unique_ptr<Bucket> kept;
    return open_bucket(*store_, root_, name, kept);
}

Done Writer::put(Bucket& bucket, const Text& key, const Text& value) {
    Cursor cursor(*store_, bucket);
    const Entry found = TRY(cursor.seek(key));
    if (TRY(are_equal(store_->memory(), key, found.key)) && found.is_bucket())
        return refusal("incompatible value");
    Node* node = TRY(node_at(cursor));
    return put_inode(*node, key, {0, 0, key, value});
}

} // namespace rebolt::predict
