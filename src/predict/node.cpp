// Nodes: pages that are read into memory, changed there, and written.
#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/writer.hpp"

namespace rebolt::predict {
namespace {

constexpr std::uint64_t inodes_max = 0xFFFF;

void put_number(std::string& page, std::uint64_t at, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i)
        page[at + i] = static_cast<char>(value >> (8 * i));
}

Ending failed_assertion(const char* words) {
    return panic(fmt::format("assertion failed: {}", words));
}

} // namespace

std::uint64_t bytes_of(const Node& node) {
    std::uint64_t bytes = header_bytes;
    for (const Inode& inode : node.inodes)
        bytes += element_bytes + inode.key.length + inode.value.length;
    return bytes;
}

Node& Writer::new_node(Bucket& bucket) {
    Node& node = nodes_.emplace_back();
    node.bucket = &bucket;
    return node;
}

// Bucket.node.
Writer::NodeDone Writer::node_of(Bucket& bucket, std::uint64_t id, Node* parent) {
    if (const auto found = bucket.nodes.find(id); found != bucket.nodes.end())
        return found->second;
    if (Done done = store_->step(); !done)
        return std::move(done).error();
    Node& node = new_node(bucket);
    node.parent = parent;
    if (parent == nullptr)
        bucket.root_node = &node;
    else
        parent->children.push_back(&node);
    const Page page =
        bucket.has_page ? TRY(store_->page_at(bucket.inline_at)) : TRY(store_->tx_page(id));
    if (Done done = read(node, page); !done)
        return std::move(done).error();
    bucket.nodes[id] = &node;
    return &node;
}

Done Writer::read(Node& node, const Page& page) {
    node.page = page.id;
    node.is_leaf = store_->is_leaf(page);
    for (std::uint64_t i = 0; i < page.count; ++i) {
        Inode inode;
        if (node.is_leaf) {
            inode.flags = TRY(store_->leaf_flags(page, i));
            inode.key = TRY(store_->leaf_key(page, i));
            inode.value = TRY(store_->leaf_value(page, i));
        } else {
            inode.child = TRY(store_->branch_child(page, i));
            inode.key = TRY(store_->branch_key(page, i));
        }
        if (inode.key.length == 0)
            return failed_assertion("read: zero-length inode key");
        node.inodes.push_back(inode);
    }
    if (!node.inodes.empty())
        node.key = node.inodes.front().key;
    return {};
}

Writer::NodeDone Writer::child_of(Node& node, std::uint64_t index) {
    if (index >= node.inodes.size())
        return index_panic(index, node.inodes.size());
    return node_of(*node.bucket, node.inodes[index].child, &node);
}

// Cursor.node: the root by the number in its header, and down from there.
Writer::NodeDone Writer::node_at(Cursor& cursor) {
    std::vector<Frame>& stack = cursor.stack();
    if (stack.back().node != nullptr && stack.back().is_leaf)
        return stack.back().node;
    Node* node = stack.front().node;
    if (node == nullptr)
        node = TRY(node_of(cursor.bucket(), stack.front().page.id, nullptr));
    for (std::size_t i = 0; i + 1 < stack.size(); ++i) {
        if (node->is_leaf)
            return failed_assertion("expected branch node");
        node = TRY(child_of(*node, stack[i].index));
    }
    if (!node->is_leaf)
        return failed_assertion("expected leaf node");
    return node;
}

// node.put.
Done Writer::put_inode(Node& node, const Text& old_key, const Inode& inode) {
    const std::uint64_t end = store_->meta().high_water_mark;
    if (inode.child >= end)
        return panic(fmt::format("{} ({}) above high water mark ({})",
                                 store_->rules().asks_pages() ? "pgId" : "pgid", inode.child, end));
    if (old_key.length == 0)
        return panic("put: zero-length old key");
    if (inode.key.length == 0)
        return panic("put: zero-length new key");
    std::size_t low = 0;
    std::size_t high = node.inodes.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (TRY(store_->memory().compare(node.inodes[middle].key, old_key)) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const bool exact =
        low < node.inodes.size() && TRY(are_equal(store_->memory(), node.inodes[low].key, old_key));
    if (!exact)
        node.inodes.insert(node.inodes.begin() + static_cast<std::ptrdiff_t>(low), Inode{});
    node.inodes[low] = inode;
    return {};
}

// node.write, into a page of so many bytes.
Ended<std::string> Writer::write(Node& node, std::uint64_t page, std::uint64_t bytes) {
    if (node.inodes.size() >= inodes_max)
        return panic(fmt::format("inode overflow: {} (pgid={})", node.inodes.size(), page));
    if (Done done = store_->step(bytes / 16); !done)
        return std::move(done).error();
    std::string image(bytes, '\0');
    put_number(image, 0, page, 8);
    put_number(image, 8, node.is_leaf ? leaf_flag : branch_flag, 2);
    put_number(image, 10, node.inodes.size(), 2);
    const std::uint64_t pages = store_->page_size() == 0 ? 1 : bytes / store_->page_size();
    put_number(image, 12, pages == 0 ? 0 : pages - 1, 4);
    std::uint64_t at = header_bytes + element_bytes * node.inodes.size();
    for (std::size_t i = 0; i < node.inodes.size(); ++i) {
        const Inode& inode = node.inodes[i];
        if (inode.key.length == 0)
            return failed_assertion("write: zero-length inode key");
        const std::uint64_t element = header_bytes + i * element_bytes;
        put_number(image, element + (node.is_leaf ? 4 : 0), at - element, 4);
        put_number(image, element + (node.is_leaf ? 8 : 4), inode.key.length, 4);
        if (node.is_leaf) {
            put_number(image, element, inode.flags, 4);
            put_number(image, element + 12, inode.value.length, 4);
        } else {
            put_number(image, element + 8, inode.child, 8);
            if (inode.child == page)
                return failed_assertion("write: circular dependency occurred");
        }
        const std::string key = TRY(store_->memory().copy(inode.key));
        const std::string value = TRY(store_->memory().copy(inode.value));
        image.replace(at, key.size(), key);
        image.replace(at + key.size(), value.size(), value);
        at += key.size() + value.size();
    }
    return image;
}

} // namespace rebolt::predict
