// bbolt's buckets, cursors and nodes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "predict/store.hpp"

namespace rebolt::predict {

/// Buckets inside each other beyond which a walk counts as without end.
inline constexpr std::size_t bucket_depth_max = 1000;

struct Bucket;

struct Inode {
    std::uint64_t flags = 0;
    std::uint64_t child = 0;
    Text key;
    Text value;
};

/// A page in memory that a transaction changes.
struct Node {
    Bucket* bucket = nullptr;
    bool is_leaf = false;
    bool is_spilled = false;
    Text key;
    std::uint64_t page = 0;
    Node* parent = nullptr;
    std::vector<Node*> children;
    std::vector<Inode> inodes;
};

struct Bucket {
    std::uint64_t root = 0;
    std::uint64_t sequence = 0;
    Address inline_at = 0; ///< its page image, if root is 0
    bool is_writable = false;
    bool has_page = false; ///< Bucket.page: cleared when a bucket is made in it
    Node* root_node = nullptr;
    std::map<std::uint64_t, Node*> nodes; ///< of a writable one
    std::map<std::string, std::unique_ptr<Bucket>> children;
};

/// A page or a node, and where in it a cursor is.
struct Frame {
    Page page;
    Node* node = nullptr;
    std::uint64_t index = 0;
    bool is_leaf = false;
    bool from_first = false; ///< entered at element 0
    std::uint64_t asked = 0; ///< the page id that led here
    [[nodiscard]] std::uint64_t count() const {
        return node != nullptr ? node->inodes.size() : page.count;
    }
};

struct Entry {
    Text key; ///< nil: there is none
    Text value;
    std::uint64_t flags = 0;
    [[nodiscard]] bool is_bucket() const noexcept { return (flags & bucket_flag) != 0; }
};

/// bbolt's Cursor.
class Cursor {
public:
    Cursor(Store& store, Bucket& bucket) : store_(&store), bucket_(&bucket) {}

    Ended<Entry> first();
    Ended<Entry> next();
    /// Cursor.seek: where the key is or would be; no entry behind a page's end.
    Ended<Entry> seek(const Text& key);

    [[nodiscard]] std::vector<Frame>& stack() noexcept { return stack_; }
    [[nodiscard]] Bucket& bucket() noexcept { return *bucket_; }

private:
    Ended<Frame> enter(std::uint64_t id);
    Done go_to_first();
    Done search(const Text& key);
    Ended<std::uint64_t> child_at(const Frame& frame, std::uint64_t index);
    Ended<Text> key_at(const Frame& frame, std::uint64_t index);
    Ended<std::uint64_t> lower_bound(const Frame& frame, const Text& key, bool& exact);
    Ended<Entry> entry();

    Store* store_;
    Bucket* bucket_;
    std::vector<Frame> stack_;
};

/// The bucket named in the meta.
[[nodiscard]] Bucket root_bucket(Store& store, bool is_writable);
/// Bucket.Bucket: nullptr if there is none of that name. Of a writable bucket
/// it is kept there, else `kept` keeps it.
Ended<Bucket*> open_bucket(Store& store, Bucket& parent, const Text& name,
                           std::unique_ptr<Bucket>& kept);

} // namespace rebolt::predict
