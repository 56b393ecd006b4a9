// Spilling: nodes are split, get new pages, and are written into them.
#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/writer.hpp"

namespace rebolt::predict {
namespace {

constexpr std::size_t keys_min = 2;
constexpr std::uint64_t image_bytes_max = std::uint64_t{256} << 20U;
constexpr std::size_t spill_depth_max = 1000;

std::string hex(const std::string& bytes) {
    std::string text;
    for (const char c : bytes)
        text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

std::string bucket_header(const Bucket& bucket) {
    std::string header(bucket_header_bytes, '\0');
    for (unsigned i = 0; i < 8; ++i) {
        header[i] = static_cast<char>(bucket.root >> (8 * i));
        header[8 + i] = static_cast<char>(bucket.sequence >> (8 * i));
    }
    return header;
}

} // namespace

bool Writer::is_inlineable(const Bucket& bucket) const {
    const Node* node = bucket.root_node;
    if (node == nullptr || !node->is_leaf)
        return false;
    std::uint64_t bytes = header_bytes;
    for (const Inode& inode : node->inodes) {
        bytes += element_bytes + inode.key.length + inode.value.length;
        if ((inode.flags & bucket_flag) != 0 || bytes > store_->page_size() / 4)
            return false;
    }
    return true;
}

Done Writer::free_node(Node& node) {
    if (node.page == 0)
        return {};
    const Page page = TRY(store_->tx_page(node.page));
    node.page = 0;
    return store_->freelist().free(page);
}

// Bucket._forEachPageNode, freeing.
Done Writer::free_tree(Bucket& bucket, std::uint64_t id, std::size_t depth) {
    if (depth > spill_depth_max)
        return hang("it frees pages in a loop", PageId{id});
    if (Done done = store_->step(); !done)
        return done;
    if (const auto node = bucket.nodes.find(id); node != bucket.nodes.end()) {
        if (Done done = free_node(*node->second); !done || node->second->is_leaf)
            return done;
        for (const Inode& inode : node->second->inodes)
            if (Done done = free_tree(bucket, inode.child, depth + 1); !done)
                return done;
        return {};
    }
    const Page page = TRY(store_->tx_page(id));
    if (Done done = store_->freelist().free(page); !done)
        return done;
    for (std::uint64_t i = 0; store_->is_branch(page) && i < page.count; ++i)
        if (Done done = free_tree(bucket, TRY(store_->branch_child(page, i)), depth + 1); !done)
            return done;
    return {};
}

// Bucket.free.
Done Writer::free_pages(Bucket& bucket) {
    if (bucket.root == 0)
        return {};
    const Done done = free_tree(bucket, bucket.root, 0);
    if (!done)
        return panic(done.error()->words, done.error()->page);
    bucket.root = 0;
    return {};
}

// What a bucket's own commit leaves in the bucket around it.
Done Writer::spill_child(Bucket& bucket, const std::string& name, Bucket& child) {
    std::string value;
    if (is_inlineable(child)) {
        if (Done done = free_pages(child); !done)
            return done;
        value = bucket_header(child) + TRY(write(*child.root_node, 0, bytes_of(*child.root_node)));
    } else {
        if (Done done = spill(child); !done)
            return done;
        value = bucket_header(child);
    }
    if (child.root_node == nullptr)
        return {};
    const Text key = store_->memory().allocate(name);
    Cursor cursor(*store_, bucket);
    const Entry found = TRY(cursor.seek(key));
    if (!TRY(are_equal(store_->memory(), key, found.key)))
        return panic(fmt::format("misplaced bucket header: {} -> {}", hex(name),
                                 hex(TRY(store_->memory().copy(found.key)))));
    if (!found.is_bucket())
        return panic(fmt::format("unexpected bucket header flag: {:x}", found.flags));
    Node* node = TRY(node_at(cursor));
    return put_inode(*node, key,
                     {bucket_flag, 0, key, store_->memory().allocate(std::move(value))});
}

Done Writer::spill(Bucket& bucket) {
    for (auto& [name, child] : bucket.children)
        if (Done done = spill_child(bucket, name, *child); !done)
            return done;
    if (bucket.root_node == nullptr)
        return {};
    if (Done done = spill(*bucket.root_node); !done)
        return done;
    while (bucket.root_node->parent != nullptr)
        bucket.root_node = bucket.root_node->parent;
    const std::uint64_t page = bucket.root_node->page;
    if (page >= store_->meta().high_water_mark)
        return panic(fmt::format("pgid ({}) above high water mark ({})", page,
                                 store_->meta().high_water_mark));
    bucket.root = page;
    return {};
}

// node.splitIndex: as many as fill half a page, and at least two.
std::size_t Writer::split_index(const Node& node) const {
    std::uint64_t bytes = header_bytes;
    std::size_t index = 0;
    for (std::size_t i = 0; i + keys_min < node.inodes.size(); ++i) {
        index = i;
        const std::uint64_t element =
            element_bytes + node.inodes[i].key.length + node.inodes[i].value.length;
        if (index >= keys_min && bytes + element > store_->page_size() / 2)
            break;
        bytes += element;
    }
    return index;
}

std::vector<Node*> Writer::split(Node& first) {
    std::vector<Node*> parts{&first};
    for (;;) {
        Node& node = *parts.back();
        if (node.inodes.size() <= keys_min * 2 || bytes_of(node) < store_->page_size())
            return parts;
        const auto middle = node.inodes.begin() + static_cast<std::ptrdiff_t>(split_index(node));
        if (node.parent == nullptr) {
            node.parent = &new_node(*node.bucket);
            node.parent->children.push_back(&node);
        }
        Node& rest = new_node(*node.bucket);
        rest.is_leaf = node.is_leaf;
        rest.parent = node.parent;
        rest.parent->children.push_back(&rest);
        rest.inodes.assign(middle, node.inodes.end());
        node.inodes.erase(middle, node.inodes.end());
        parts.push_back(&rest);
    }
}

// The part of node.spill that is done for each part of a node.
Done Writer::write_out(Node& node) {
    if (node.page != 0) {
        if (Done done = store_->freelist().free(TRY(store_->tx_page(node.page))); !done)
            return done;
        node.page = 0;
    }
    const std::uint64_t page_size = store_->page_size();
    if (page_size == 0)
        return panic("runtime error: integer divide by zero");
    const std::uint64_t pages = (bytes_of(node) + page_size - 1) / page_size;
    if (pages * page_size > image_bytes_max)
        return hang("out of memory: elements say that they are so large");
    const std::uint64_t page = TRY(allocate(pages));
    if (page >= store_->meta().high_water_mark)
        return panic(fmt::format("pgid ({}) above high water mark ({})", page,
                                 store_->meta().high_water_mark));
    node.page = page;
    std::string image = TRY(write(node, page, pages * page_size));
    store_->put_dirty(page, store_->memory().allocate(std::move(image)).at);
    node.is_spilled = true;
    if (node.parent == nullptr)
        return {};
    if (node.inodes.empty())
        return index_panic(0, 0);
    const Text old_key = node.key.is_nil ? node.inodes.front().key : node.key;
    const Inode inode{0, page, node.inodes.front().key, {}};
    if (Done done = put_inode(*node.parent, old_key, inode); !done)
        return done;
    node.key = inode.key;
    return {};
}

// Bounded: nodes were made one by one on a way down that has an end.
Done Writer::spill(Node& node) {
    if (node.is_spilled)
        return {};
    if (Done done = store_->step(); !done)
        return done;
    // Not a range: splitting a child appends to the children.
    for (std::size_t i = 0; i < node.children.size(); ++i)
        if (Done done = spill(*node.children[i]); !done)
            return done;
    node.children.clear();
    for (Node* part : split(node))
        if (Done done = write_out(*part); !done)
            return done;
    if (node.parent != nullptr && node.parent->page == 0) {
        node.children.clear();
        return spill(*node.parent);
    }
    return {};
}

} // namespace rebolt::predict
