// The commit: new pages, the new freelist, the file's growth, the meta.
#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/writer.hpp"

namespace rebolt::predict {
namespace {

constexpr std::uint64_t file_bytes_max = std::uint64_t{1} << 44U; // of ext4

} // namespace

// DB.allocate.
Ended<std::uint64_t> Writer::allocate(std::uint64_t pages) {
    if (const std::uint64_t id = TRY(store_->freelist().allocate(pages)); id != 0)
        return id;
    format::MetaFields& meta = store_->meta();
    const std::uint64_t id = meta.high_water_mark;
    const auto bytes = static_cast<std::int64_t>((id + pages + 1) * store_->page_size());
    if (bytes >= static_cast<std::int64_t>(store_->memory().map_bytes()))
        if (Done done = remap(static_cast<std::uint64_t>(bytes)); !done)
            return std::move(done).error();
    meta.high_water_mark += pages;
    return id;
}

// DB.mmap during a transaction: what points into the mapping is copied first.
Done Writer::remap(std::uint64_t bytes) {
    Ended<std::uint64_t> size = store_->map_size(std::max(bytes, store_->file_bytes()));
    if (!size)
        return refusal("mmap allocate error: " + size.error()->words);
    if (Done done = touch_nodes(root_); !done)
        return done;
    if (*size > store_->memory_bytes()) {
        if (!store_->rules().asks_pages())
            return panic("fatal error: fault [signal SIGSEGV: segmentation violation]");
        return refusal("mmap allocate error: cannot allocate memory");
    }
    store_->memory().map_again(*size);
    return {};
}

// Bucket.dereference.
Done Writer::touch_nodes(Bucket& bucket) {
    if (Node* node = bucket.root_node; node != nullptr) {
        while (node->parent != nullptr)
            node = node->parent;
        if (Done done = touch_node(*node); !done)
            return done;
    }
    for (auto& [name, child] : bucket.children)
        if (Done done = touch_nodes(*child); !done)
            return done;
    return {};
}

Done Writer::touch_node(Node& node) {
    if (Done done = store_->memory().touch(node.key); !done)
        return done;
    for (const Inode& inode : node.inodes) {
        if (Done done = store_->memory().touch(inode.key); !done)
            return done;
        if (Done done = store_->memory().touch(inode.value); !done)
            return done;
    }
    for (Node* child : node.children)
        if (Done done = touch_node(*child); !done)
            return done;
    return {};
}

Done Writer::commit_freelist() {
    if (store_->page_size() == 0)
        return panic("runtime error: integer divide by zero");
    const std::uint64_t pages = store_->freelist().bytes() / store_->page_size() + 1;
    store_->meta().freelist = TRY(allocate(pages));
    return {};
}

// Tx.write: pages that a file cannot reach.
Done Writer::write_pages() {
    for (const auto& [id, at] : store_->dirty()) {
        const std::uint64_t offset = id * store_->page_size();
        if (static_cast<std::int64_t>(offset) < 0)
            return refusal("writeat FILE: negative offset");
        if (offset > file_bytes_max)
            return refusal("write FILE: file too large");
    }
    return {};
}

// meta.write.
Done Writer::write_meta() {
    const format::MetaFields& meta = store_->meta();
    if (meta.root >= meta.high_water_mark)
        return panic(fmt::format("root bucket pgid ({}) above high water mark ({})", meta.root,
                                 meta.high_water_mark));
    if (meta.freelist >= meta.high_water_mark)
        return panic(fmt::format("freelist pgid ({}) above high water mark ({})", meta.freelist,
                                 meta.high_water_mark));
    return {};
}

Done Writer::commit() {
    if (Done done = spill(root_); !done)
        return done;
    store_->meta().root = root_.root;
    if (begin_freelist_ != no_page)
        if (Done done = store_->freelist().free(TRY(store_->db_page(begin_freelist_))); !done)
            return done;
    if (Done done = commit_freelist(); !done)
        return done;
    if (Done done = write_pages(); !done)
        return done;
    return write_meta();
}

} // namespace rebolt::predict
