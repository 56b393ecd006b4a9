// Builds bbolt files in memory, page by page: for tests that need a file of a
// certain shape. Shares no code with the engine, and none with the checker.
//
//   FileBuilder(512)
//       .leaf(3, {{"bucket", FileBuilder::bucket(4), 1}})
//       .leaf(4, {{"key", "value"}})
//       .write_to(folder.path("small.db"));
//
// For whole trees of buckets see tree_builder.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/format.hpp>

namespace rebolt::test {

/// A leaf's element. flags 1: the value is a bucket.
struct LeafItem {
    std::string key;
    std::string value;
    std::uint32_t flags = 0;
};

/// A branch's element.
struct BranchItem {
    std::string key;
    std::uint64_t child = 0;
};

/// Starts as bbolt's fresh database: metas, an empty freelist on page 2, an
/// empty root on page 3. Pages are laid out as bbolt does it, overflow pages as
/// the content needs; whether the pages fit together is the caller's affair.
/// A page written again replaces what stood there.
class FileBuilder {
public:
    explicit FileBuilder(std::uint32_t page_size = 4096);

    FileBuilder& leaf(std::uint64_t id, const std::vector<LeafItem>& items);
    FileBuilder& branch(std::uint64_t id, const std::vector<BranchItem>& items);
    /// Writes a freelist page, in the long form from 65,535 ids on, and makes
    /// it the newest transaction's.
    FileBuilder& freelist(std::uint64_t id, const std::vector<std::uint64_t>& ids);
    /// As with bbolt's NoFreelistSync: neither meta names a freelist.
    FileBuilder& no_freelist();
    FileBuilder& root(std::uint64_t id, std::uint64_t sequence = 0);
    /// The newest transaction: meta `txid` mod 2. The other meta has the one before.
    FileBuilder& transaction(std::uint64_t txid);
    /// What the transaction before used; without this call, the same pages.
    FileBuilder& previous(std::uint64_t root, std::uint64_t freelist);
    /// Zeroed pages up to `count` in all, below the high water mark.
    FileBuilder& pages(std::uint64_t count);
    /// Zeroed pages behind the high water mark: bbolt grows files ahead.
    FileBuilder& pages_behind(std::uint64_t count);

    [[nodiscard]] std::vector<std::byte> bytes() const;
    /// Ends the test program if the file cannot be written.
    void write_to(const std::string& path) const;

    /// Pages that a leaf, branch or freelist of so many bytes takes.
    [[nodiscard]] std::uint64_t pages_for(std::size_t content_bytes) const noexcept;
    [[nodiscard]] std::uint32_t page_size() const noexcept { return page_size_; }

    /// The value of a bucket whose root is a page.
    [[nodiscard]] static std::string bucket(std::uint64_t root, std::uint64_t sequence = 0);
    /// The value of a bucket that stands in it as a whole.
    [[nodiscard]] static std::string inline_bucket(const std::vector<LeafItem>& items,
                                                   std::uint64_t sequence = 0);
    /// Bytes of a leaf's or branch's page image with these items, header included.
    [[nodiscard]] static std::size_t image_bytes(const std::vector<LeafItem>& items) noexcept;
    [[nodiscard]] static std::size_t image_bytes(const std::vector<BranchItem>& items) noexcept;
    [[nodiscard]] static std::size_t freelist_bytes(std::size_t ids) noexcept;

private:
    /// What a meta names.
    struct Roots {
        std::uint64_t root;
        std::uint64_t freelist;
    };

    void put_page(std::uint64_t id, std::string image);
    [[nodiscard]] std::string meta_page(std::uint64_t page) const;

    std::uint32_t page_size_;
    std::vector<std::byte> bytes_;
    Roots roots_{3, 2};
    Roots previous_{3, 2};
    bool has_previous_ = false;
    std::uint64_t sequence_ = 0;
    std::uint64_t txid_ = 1;
    std::uint64_t pages_behind_ = 0;
};

/// The same fields with the checksum that fits them.
[[nodiscard]] format::MetaFields with_checksum(format::MetaFields fields) noexcept;

/// Ends the test program if the file cannot be written.
void write_file(const std::string& path, Bytes bytes);

} // namespace rebolt::test
