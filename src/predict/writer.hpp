// bbolt's writing transaction: one key is put, and committed.
#pragma once

#include <deque>
#include <memory>

#include "predict/bucket.hpp"

namespace rebolt::predict {

class Writer {
public:
    /// DB.Begin(true).
    explicit Writer(Store& store);

    /// Puts one key into the first bucket, or into a new one if there is none.
    Done put_one();
    /// Tx.Commit.
    Done commit();

private:
    using NodeDone = Ended<Node*>;

    // put.cpp
    Ended<Bucket*> first_bucket();
    Ended<Bucket*> create_bucket(const Text& name);
    Done put(Bucket& bucket, const Text& key, const Text& value);

    // node.cpp
    Node& new_node(Bucket& bucket);
    NodeDone node_of(Bucket& bucket, std::uint64_t id, Node* parent);
    NodeDone child_of(Node& node, std::uint64_t index);
    NodeDone node_at(Cursor& cursor);
    Done read(Node& node, const Page& page);
    Done put_inode(Node& node, const Text& old_key, const Inode& inode);
    Ended<std::string> write(Node& node, std::uint64_t page, std::uint64_t bytes);

    // spill.cpp
    Done spill(Bucket& bucket);
    Done spill_child(Bucket& bucket, const std::string& name, Bucket& child);
    Done spill(Node& node);
    Done write_out(Node& node);
    std::vector<Node*> split(Node& node);
    [[nodiscard]] std::size_t split_index(const Node& node) const;
    [[nodiscard]] bool is_inlineable(const Bucket& bucket) const;
    Done free_pages(Bucket& bucket);
    Done free_tree(Bucket& bucket, std::uint64_t id, std::size_t depth);
    Done free_node(Node& node);

    // commit.cpp
    Ended<std::uint64_t> allocate(std::uint64_t pages);
    Done remap(std::uint64_t bytes);
    Done touch_nodes(Bucket& bucket);
    Done touch_node(Node& node);
    Done commit_freelist();
    Done write_pages();
    Done write_meta();

    Store* store_;
    Bucket root_;
    std::uint64_t begin_freelist_ = 0; ///< the page of the freelist that the commit replaces
    std::deque<Node> nodes_;
};

/// Bytes of the node's page, before it is rounded up.
[[nodiscard]] std::uint64_t bytes_of(const Node& node);

} // namespace rebolt::predict
